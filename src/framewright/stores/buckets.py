"""A bucket of an object store, opened with what the environment says: its endpoint, its credentials, nothing of ours."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from framewright.model.errors import UsageError
from framewright.stores.patience import SECONDS

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

_CONNECT = timedelta(seconds=5)
# A part of 8 MB comes through in this even on a slow line; downloads that take longer go on where they were.
_BULK = timedelta(seconds=120)
_ENDPOINTS = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": (),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
}
_ALLOW_HTTP = {"s3": "AWS_ALLOW_HTTP", "gs": "GOOGLE_ALLOW_HTTP", "az": "AZURE_ALLOW_HTTP"}


class _Place(NamedTuple):
    scheme: str
    bucket: str
    prefix: str | None
    endpoint: str | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """Two clients of one bucket.

    Attributes:
        calls: for what is small; nothing is tried twice, so that whoever asks knows what has come of it.
        bulk: for blobs; each part is tried again by itself.
    """

    uri: str
    # Some clients cannot say what they are when the environment told them.
    calls: ObjectStore = field(repr=False)
    bulk: ObjectStore = field(repr=False)


def open_bucket(scheme: str, bucket: str, prefix: str) -> Bucket:
    """Open a bucket; nothing is sent yet.

    Args:
        scheme: ``s3``, ``gs`` or ``az``.
        prefix: before all names; empty for none.

    Raises:
        UsageError: ``STORE_INVALID``.
    """
    uri = f"{scheme}://{bucket}/{quote(prefix)}".rstrip("/")
    endpoint = next((os.environ[name] for name in _ENDPOINTS[scheme] if os.environ.get(name)), None)
    allow_http = _allows_http(scheme, endpoint, uri)
    backoff = {"init_backoff": timedelta(seconds=0.2), "max_backoff": timedelta(seconds=3), "base": 2}
    never: RetryConfig = {"max_retries": 0}
    often: RetryConfig = {"max_retries": 6, "retry_timeout": timedelta(seconds=SECONDS), "backoff": backoff}  # type: ignore[typeddict-item]
    place = _Place(scheme, bucket, prefix or None, endpoint)
    try:
        calls = _client(place, _options(timedelta(seconds=SECONDS), allow_http=allow_http), never)
        bulk = _client(place, _options(_BULK, allow_http=allow_http), often)
    except (BaseError, ValueError, OSError) as error:
        reason = (str(error).strip().splitlines() or ["unknown"])[0].rstrip(".")
        raise UsageError(
            f"The store {uri} cannot be opened with what the environment says: {reason}.",
            code="STORE_INVALID",
        ) from error
    return Bucket(uri, calls, bulk)


def _options(timeout: timedelta, *, allow_http: bool) -> ClientConfig:
    options: ClientConfig = {"timeout": timeout, "connect_timeout": _CONNECT}
    if allow_http:
        options["allow_http"] = True
    return options


def _client(place: _Place, options: ClientConfig, retries: RetryConfig) -> ObjectStore:
    bucket, prefix = place.bucket, place.prefix
    if place.scheme == "gs":
        return GCSStore(bucket, prefix=prefix, client_options=options, retry_config=retries)
    if place.scheme == "az":
        return AzureStore(bucket, prefix=prefix, client_options=options, retry_config=retries)
    if place.endpoint is None:
        return S3Store(bucket, prefix=prefix, client_options=options, retry_config=retries)
    return S3Store(
        bucket, prefix=prefix, endpoint=place.endpoint, client_options=options, retry_config=retries
    )


def _allows_http(scheme: str, endpoint: str | None, uri: str) -> bool:
    if endpoint is None or urlsplit(endpoint).scheme != "http":
        return False
    if _is_loopback(urlsplit(endpoint).hostname or ""):
        return True
    if os.environ.get(_ALLOW_HTTP[scheme], "").lower() in {"true", "1"}:
        return True
    raise UsageError(
        f"The endpoint of the store {uri} is plain http, so that all may read what is rendered: "
        f"use https, or set {_ALLOW_HTTP[scheme]}=true in a network that is your own.",
        code="STORE_INVALID",
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
