"""A store by its URI."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from framewright.model.errors import SetupError, UsageError
from framewright.stores.cache import BlobCache
from framewright.stores.directory import DirectoryStore
from framewright.stores.names import is_name

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from framewright.model.settings import Settings
    from framewright.stores.store import BlobStore

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,220}")
_OBJECT_SCHEMES = {"s3", "gs", "az"}
_KINDS = "give a folder, or a URI such as s3://bucket/prefix, gs://bucket, az://container or file:///folder"


def open_store(uri: str, settings: Settings) -> BlobStore:
    """Open a store. Nothing is read or sent yet.

    Args:
        uri: a path, ``file:``, ``s3://bucket/prefix``, ``gs://bucket/prefix`` or ``az://container/prefix``. Endpoint and
            credentials of an object store come from the environment.
        settings: of the machine, for the cache.

    Raises:
        UsageError: ``STORE_INVALID``.
        SetupError: ``EXTRA_MISSING``.
    """
    cache = BlobCache.of(settings)
    if "://" not in uri and not uri.lower().startswith("file:"):
        return DirectoryStore(_folder(uri), cache)
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise UsageError(f"The store's URI cannot be read: {_KINDS}.", code="STORE_INVALID") from error
    scheme = parts.scheme.lower()
    if "@" in parts.netloc:
        # Not to be repeated: what stands there is likely a secret.
        raise UsageError(
            "The store's URI holds credentials: leave them out, and set them in the environment.",
            code="STORE_INVALID",
        )
    if parts.query or parts.fragment:
        raise UsageError(
            f"The store '{scheme}://{parts.netloc}{parts.path}' goes on with '?' or '#': leave that out.",
            code="STORE_INVALID",
        )
    if scheme == "file":
        return DirectoryStore(_file_folder(parts), cache)
    if scheme not in _OBJECT_SCHEMES:
        raise UsageError(f"A store '{scheme}:' is not known: {_KINDS}.", code="STORE_INVALID")
    prefix = unquote(parts.path).strip("/")
    if not _BUCKET.fullmatch(parts.netloc) or (prefix and not is_name(prefix)):
        raise UsageError(f"The store '{uri}' names no bucket and prefix: {_KINDS}.", code="STORE_INVALID")
    if importlib.util.find_spec("obstore") is None:
        raise SetupError(
            f"The store {uri} needs the extra 'stores': pip install 'framewright[stores]'.",
            code="EXTRA_MISSING",
        )
    from framewright.stores.buckets import open_bucket
    from framewright.stores.objects import ObjectStore

    return ObjectStore(open_bucket(scheme, parts.netloc, prefix), cache)


def _folder(path: str) -> Path:
    if not path or "\0" in path:
        raise UsageError(f"The store has no name: {_KINDS}.", code="STORE_INVALID")
    return Path(path).expanduser().absolute()


def _file_folder(parts: SplitResult) -> Path:
    path = unquote(parts.path)
    if parts.netloc not in {"", "localhost"} or not path.startswith("/"):
        raise UsageError(
            f"The store 'file://{parts.netloc}{parts.path}' is no folder of this machine: write file:///folder.",
            code="STORE_INVALID",
        )
    return _folder(path)
