"""Settings of the machine from the environment, with the options that take their place for one command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.errors import UsageError

if TYPE_CHECKING:
    from framewright.model.settings import Settings

LEAST_PAGE_MEMORY = 64 * 2**20


def read_settings(*, page_timeout: float | None = None, page_memory: str | None = None) -> Settings:
    """The settings; an option that is given beats its variable.

    Raises:
        UsageError: ``PAGE_TIMEOUT_INVALID`` or ``PAGE_MEMORY_INVALID``.
        SetupError: ``SETTING_INVALID`` when a variable ``FRAMEWRIGHT_…`` cannot be read.
    """
    from framewright.model.settings import Settings

    wishes: dict[str, float | int] = {}
    if page_timeout is not None:
        if not 0 < page_timeout <= 24 * 3600:
            raise UsageError(
                f"--page-timeout {page_timeout:g} is out of range: give seconds above 0, up to a day.",
                code="PAGE_TIMEOUT_INVALID",
            )
        wishes["page_timeout"] = page_timeout
    if page_memory is not None:
        wishes["page_memory"] = parse_memory(page_memory)
    return Settings.read(**wishes)


def parse_memory(written: str) -> int:
    """Bytes from ``2G``, ``512M`` or ``1.5GiB``: the units are powers of 1024.

    Raises:
        UsageError: ``PAGE_MEMORY_INVALID`` when it is no size, or less than the 64M below which no browser starts.
    """
    from framewright.model.settings import read_memory

    size = read_memory(written)
    if not isinstance(size, int) and not written.strip().isdecimal():
        raise UsageError(
            f"'{written}' is no size of memory: give one such as 2G or 512M.", code="PAGE_MEMORY_INVALID"
        )
    size = size if isinstance(size, int) else int(written)
    if size < LEAST_PAGE_MEMORY:
        raise UsageError(
            f"--page-memory {written} is too little for a browser: give at least 64M.",
            code="PAGE_MEMORY_INVALID",
        )
    return size
