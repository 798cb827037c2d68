"""What a page asked of other origins, and what it got: frozen, so that every browser of a render gets the same."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnsweredBy(StrEnum):
    """Where an answer came from."""

    NPM = "npm"  # a package of the configured registry, in the place of a CDN
    FONTSOURCE = "fontsource"  # the same, in the place of Google Fonts
    CACHE = "cache"
    NETWORK = "network"
    NOBODY = "failed"


class RecordedAnswer(_Value):
    """One request and its answer.

    Attributes:
        sent: the digest of what the request carried; None: nothing.
        status: of HTTP; None when nothing answered.
        headers: names in small letters.
        blob: the BLAKE3 digest of the body; None when there is none.
        bytes: of the body.
        failure: why nothing answered, as a sentence.
    """

    method: str
    url: str
    sent: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    blob: str | None = None
    bytes: int = 0
    by: AnsweredBy
    failure: str | None = None


class Recording(_Value):
    """All answers of one render, in the order of their addresses. Bodies lie in a folder of blobs, by digest."""

    answers: tuple[RecordedAnswer, ...] = ()
    version: Literal[1] = 1
