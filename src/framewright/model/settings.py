"""What an installation may set once, by the environment: every name with the prefix ``FRAMEWRIGHT_``."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from framewright.model.errors import SetupError
from framewright.model.frames import LONGEST_SECONDS
from framewright.model.plan import MOST_CHUNKS

_MEMORY = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([kmgt])(?:i?b)?", re.IGNORECASE)
_JSON_EXAMPLES = {"FRAMEWRIGHT_FONT_TABLE": '{"Helvetica": "Inter"}', "FRAMEWRIGHT_PRICES": '{"small": 0.04}'}
PageNetwork = Literal["none", "public", "any"]
_UNITS = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def read_memory(written: object) -> object:
    """Bytes from ``2G``, ``512M`` or ``1.5GiB``: the units are powers of 1024. Anything else comes back as it is."""
    match = _MEMORY.fullmatch(written.strip()) if isinstance(written, str) else None
    return round(float(match[1]) * _UNITS[match[2].lower()]) if match else written


def _is_json(variable: str) -> bool:
    try:
        json.loads(os.environ.get(variable, "{}"))
    except ValueError:
        return False
    return True


class Settings(BaseSettings):
    """Settings of the machine; whatever belongs to one render is an option instead.

    Attributes:
        browser: the browser's program; None: found on PATH and in the usual caches.
        sandbox: None: used wherever it can work.
        page_timeout: seconds that a page may take to load, and that one frame may take.
        stall_timeout: seconds without any sign of life from its pages, after which a chunk is given up.
        page_memory: bytes of memory that the processes of one browser may use; ``512M`` and ``2G`` are understood.
        tmpdir: where profiles live while a browser runs; None: the system's choice.
        fonts: a folder of font files that pages may name, besides the families that we bring.
        system_fonts: pages see every font that this machine has installed.
        font_table: what generic and system names mean, as JSON: ``{"Helvetica": "Inter"}``; these rows win over ours.
        page_network: what pages may reach beyond their own files: ``any`` address, ``public`` ones of the internet, or ``none``.
        glimpse: a file that the latest frame of a render is written to about once a second, as a JPEG; None: none is.
        cache: the folder in which fetched things are kept; None: ``framewright`` in the user's cache folder.
        cache_size: bytes that it may take.
        remote_timeout: seconds that one thing from elsewhere may take.
        remote_size: bytes that one thing from elsewhere may have.
        remote_total: bytes that all things from elsewhere may have that one composition asks for.
        footage_memory: bytes that decoded frames of sources may take in one render.
        plan_size: bytes of files that one chunk of a written plan may need.
        plan_chunks: chunks of a plan.
        plan_duration: seconds of a composition.
        plan_spare_size, plan_spare_files: how much may travel with a plan that no page has asked for, all together.
        piece_cache_size: bytes that finished pieces of renders may take in the cache; 0: none are kept.
        piece_cache_age: days that such a piece stays without being used; 0: none are kept.
        store: where renders on a cluster keep their files, as a URI or a path; ``docs/cluster.md`` tells the kinds.
        store_cache_size: bytes that what was fetched from stores may take in the cache.
        prices: of an hour of each kind of worker, in any currency, as JSON: ``{"small": 0.04}``.
    """

    model_config = SettingsConfigDict(env_prefix="FRAMEWRIGHT_", frozen=True)

    browser: Path | None = None
    sandbox: bool | None = None
    page_timeout: float = Field(default=45.0, gt=0)
    stall_timeout: float = Field(default=60.0, gt=0)
    page_memory: Annotated[int, BeforeValidator(read_memory)] = Field(default=3 * 2**30, gt=0)
    tmpdir: Path | None = None
    fonts: Path | None = None
    system_fonts: bool = False
    font_table: dict[str, str] = Field(default_factory=dict)
    page_network: PageNetwork = "any"
    glimpse: Path | None = None
    cache: Path | None = None
    cache_size: Annotated[int, BeforeValidator(read_memory)] = Field(default=4 * 2**30, ge=0)
    remote_timeout: float = Field(default=30.0, gt=0)
    remote_size: Annotated[int, BeforeValidator(read_memory)] = Field(default=256 * 2**20, gt=0)
    remote_total: Annotated[int, BeforeValidator(read_memory)] = Field(default=2 * 2**30, gt=0)
    footage_memory: Annotated[int, BeforeValidator(read_memory)] = Field(default=512 * 2**20, gt=0)
    plan_size: Annotated[int, BeforeValidator(read_memory)] = Field(default=2 * 2**30, gt=0)
    plan_chunks: int = Field(default=MOST_CHUNKS, gt=0, le=MOST_CHUNKS)
    plan_duration: float = Field(default=LONGEST_SECONDS, gt=0, le=LONGEST_SECONDS)
    plan_spare_size: Annotated[int, BeforeValidator(read_memory)] = Field(default=256 * 2**20, ge=0)
    plan_spare_files: int = Field(default=10_000, ge=0)
    piece_cache_size: Annotated[int, BeforeValidator(read_memory)] = Field(default=8 * 2**30, ge=0)
    piece_cache_age: float = Field(default=14.0, ge=0, allow_inf_nan=False)
    store: str | None = None
    store_cache_size: Annotated[int, BeforeValidator(read_memory)] = Field(default=16 * 2**30, ge=0)
    prices: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(default_factory=dict)

    @property
    def cache_folder(self) -> Path:
        """Where fetched things are kept."""
        if self.cache is not None:
            return self.cache
        # A relative path in it counts as not set: XDG Base Directory Specification.
        named = os.environ.get("XDG_CACHE_HOME", "")
        return (Path(named) if os.path.isabs(named) else Path("~/.cache").expanduser()) / "framewright"

    @classmethod
    def read(cls, **wishes: Any) -> Self:
        """The settings of the environment, but for those that are given.

        Raises:
            SetupError: ``SETTING_INVALID`` when a variable cannot be read.
        """
        try:
            return cls(**wishes)
        except SettingsError as error:
            # Only these are not plain text, so only they can fail to be read as JSON.
            name = "FRAMEWRIGHT_PRICES" if _is_json("FRAMEWRIGHT_FONT_TABLE") else "FRAMEWRIGHT_FONT_TABLE"
            raise SetupError(
                f"The environment variable {name} is no JSON object: give one such as {_JSON_EXAMPLES[name]}.",
                code="SETTING_INVALID",
            ) from error
        except ValidationError as error:
            first = error.errors()[0]
            raise SetupError(
                f"The environment variable {'FRAMEWRIGHT_' + str(first['loc'][0]).upper()} is '{first['input']}', "
                f"which cannot be used: {first['msg']}.",
                code="SETTING_INVALID",
            ) from error
