"""What draws and encodes on this machine, and how it differs from what a plan was made with."""

from __future__ import annotations

import os
import platform
import re
import secrets
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import av
from pydantic import BaseModel, ConfigDict, ValidationError

from framewright.browser import (
    describe_browser,
    find_browser,
    find_fonts,
    linked_libraries,
    program_files,
    seen_fonts,
)
from framewright.model.errors import EnvironmentMismatchError, SetupError
from framewright.model.plan import Environment
from framewright.render.planning.digests import digest_of_value
from framewright.stores.known_digests import KnownDigests

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from framewright.model.fonts import FontSet
    from framewright.model.settings import Settings

_CODE_SUFFIXES = frozenset({".py", ".js", ".json", ".css", ".html"})
_MOST_NAMES = 3
# https://gitlab.com/x86-psABIs/x86-64-ABI, "micro-architecture levels", as Linux names the features.
_LEVELS = (
    frozenset({"cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"}),
    frozenset({"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"}),
    frozenset({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}),
)


def read_environment(settings: Settings) -> Environment:
    """Look at everything on this machine that can change a byte.

    Large files are read once and remembered, so it takes a second or two the first time, and then milliseconds. Blocks:
    call it in a thread.

    Raises:
        SetupError: ``BROWSER_MISSING``, ``FONTS_INVALID``; ``ENVIRONMENT_UNREADABLE`` one of the files cannot be read.
    """
    program = find_browser(settings)
    fonts = find_fonts(settings)
    try:
        with KnownDigests(settings.cache_folder) as known:
            return _read(settings, program, fonts, known)
    except OSError as error:
        raise SetupError(
            f"What draws here cannot be told, for a file cannot be read: {error}. Let the user of this process read it.",
            code="ENVIRONMENT_UNREADABLE",
        ) from error


def _read(settings: Settings, program: Path, fonts: FontSet, known: KnownDigests) -> Environment:
    own = {name: known.of(path).digest for name, path in program_files(program).items()}
    word = _word_of(program, digest_of_value(dict(own)), settings.cache_folder)
    linked = {Path(path).name: known.of(Path(path)).digest for path in word.libraries}
    return Environment(
        browser=word.browser,
        browser_digest=digest_of_value({"own": dict(own), "linked": dict(linked)}),
        machine=processor_kind(),
        libraries=_libraries(),
        framewright=version("framewright"),
        code=_code(known),
        fonts=_fonts(seen_fonts(fonts), known),
        font_table=dict(fonts.table),
    )


def differences(planned: Environment, here: Environment) -> tuple[str, ...]:
    """In what this machine differs from the plan's, each as a sentence; empty: in nothing that changes a byte."""
    found = []
    if planned.browser_digest != here.browser_digest:
        told = "another build of it" if planned.browser == here.browser else here.browser
        found.append(f"The browser of the plan is {planned.browser}, and here is {told}.")
    if planned.machine != here.machine:
        found.append(f"The plan was made for {planned.machine}, and this machine is {here.machine}.")
    for name in sorted(planned.libraries.keys() | here.libraries.keys()):
        was, now = planned.libraries.get(name, "absent"), here.libraries.get(name, "absent")
        if was != now:
            found.append(f"The library {name} of the plan is {was}, and here is {now}.")
    if planned.framewright != here.framewright:
        found.append(f"The plan is of Framewright {planned.framewright}, and here is {here.framewright}.")
    elif planned.code != here.code:
        found.append(f"The code of Framewright {here.framewright} here is not that of the plan.")
    found += _of_fonts(planned.fonts, here.fonts)
    rows = [
        name
        for name in sorted(planned.font_table.keys() | here.font_table.keys())
        if planned.font_table.get(name) != here.font_table.get(name)
    ]
    if rows:
        found.append(f"Other families stand here for the names {_some(rows)}.")
    return tuple(found)


def check_environment(planned: Environment, here: Environment, *, allow_drift: bool) -> tuple[str, ...]:
    """The differences, where they are allowed.

    Raises:
        EnvironmentMismatchError: ``ENVIRONMENT_MISMATCH`` there are some, and they are not.
    """
    found = differences(planned, here)
    if found and not allow_drift:
        raise EnvironmentMismatchError(
            f"This machine would not give the bytes of the plan. {' '.join(found)} Render on a machine like the one that "
            "planned, or allow the difference with --allow-environment-drift.",
            code="ENVIRONMENT_MISMATCH",
        )
    return found


def _of_fonts(planned: Mapping[str, str], here: Mapping[str, str]) -> Iterable[str]:
    lacking = sorted(planned.keys() - here.keys())
    if lacking:
        yield f"Fonts of the plan are not here: {_some(lacking)}."
    more = sorted(here.keys() - planned.keys())
    if more:
        yield f"Pages see fonts here that the plan does not name: {_some(more)}."
    other = sorted(name for name in planned.keys() & here.keys() if planned[name] != here[name])
    if other:
        yield f"Fonts here are of another version: {_some(other)}."


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES] + ([f"{more} more"] if more > 0 else []))


def processor_kind(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Such as ``x86_64-v3``: programs pick other instructions by the level, and some of them round otherwise."""
    machine = platform.machine()
    if machine != "x86_64":
        return machine
    try:
        told = re.search(
            r"^flags\s*:(.*)$", cpuinfo.read_text(encoding="ascii", errors="replace"), re.MULTILINE
        )
    except OSError:
        told = None
    flags = frozenset(told[1].split()) if told else frozenset()
    level = 1
    for needed in _LEVELS:
        if not needed <= flags:
            break
        level += 1
    return f"{machine}-v{level}"


class _Word(BaseModel):
    """What a build of a browser says of itself, asked for once.

    Attributes:
        libraries: paths of the system's libraries that it links.
    """

    model_config = ConfigDict(frozen=True)

    browser: str
    libraries: tuple[str, ...]


def _word_of(program: Path, digest: str, cache: Path) -> _Word:
    note = cache / "browsers-1" / f"{digest}.json"
    with suppress(OSError, ValidationError):
        word = _Word.model_validate_json(note.read_bytes())
        if all(os.path.exists(path) for path in word.libraries):
            return word
    word = _Word(
        browser=describe_browser(program).version or program.name, libraries=linked_libraries(program)
    )
    with suppress(OSError):  # where it cannot be kept, it is asked for again
        note.parent.mkdir(parents=True, exist_ok=True)
        partial = note.with_name(f".{note.name}-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            partial.write_text(word.model_dump_json(), encoding="utf-8")
            partial.replace(note)
        finally:
            partial.unlink(missing_ok=True)
    return word


def _libraries() -> dict[str, str]:
    found = {name: ".".join(map(str, numbers)) for name, numbers in av.library_versions.items()}
    for package in ("av", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def _code(known: KnownDigests) -> str:
    """Of all files of ours that act in a render."""
    root = Path(__file__).parents[2]
    return digest_of_value(
        {
            path.relative_to(root).as_posix(): known.of(path).digest
            for path in sorted(root.rglob("*"))
            if path.suffix in _CODE_SUFFIXES
        }
    )


def _fonts(files: Iterable[Path], known: KnownDigests) -> dict[str, str]:
    """By their names without folders; of two of one name, both, for which one letters are drawn with is unknown."""
    found: dict[str, list[str]] = {}
    for path in files:
        found.setdefault(path.name, []).append(known.of(path).digest)
    return {
        name: digests[0] if len(set(digests)) == 1 else digest_of_value({name: sorted(set(digests))})
        for name, digests in sorted(found.items())
    }
