"""The files of a browser that act on a picture: its program, what lies beside it, and libraries of the system."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from framewright.browser.find import real_program

if TYPE_CHECKING:
    from pathlib import Path

# Texts and pictures of its own, tables of letters, scripts' built-ins, and the renderer of WebGL.
_BESIDE = (
    "*.pak",
    "icudtl.dat",
    "*snapshot*.bin",
    "libEGL.so",
    "libGLESv2.so",
    "libvk_swiftshader.so",
    "libvulkan.so.1",
    "locales/en-US.pak",
)
# Debian's browser leaves letters, images, videos and arithmetic to those of the system.
_ACTING = re.compile(
    r"lib(freetype|harfbuzz(-subset)?|fontconfig|jpeg|png16|webp|webpdemux|openjp2|lcms2|jxl|avif|dav1d|openh264|aom|vpx|"
    r"av(codec|format|util)|skia|double-conversion|z|zstd|brotli\w+|graphite2|icu\w+|xml2|xslt|m)\.so\b"
)
_LINKED = re.compile(r"=>\s+(/\S+)")
_SECONDS = 20


def program_files(program: Path) -> dict[str, Path]:
    """The program that runs in the end and what lies beside it, by names that do not tell where it is installed."""
    real = real_program(program)
    folder = real.parent
    found = {real.name: real}
    for pattern in _BESIDE:
        for path in sorted(folder.glob(pattern)):
            found[path.relative_to(folder).as_posix()] = path
    return found


def linked_libraries(program: Path) -> tuple[str, ...]:
    """The paths of the system's libraries that act on a picture, as the loader finds them; none where nobody can tell."""
    try:
        answer = subprocess.run(
            ["ldd", real_program(program)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(
        sorted(path for path in _LINKED.findall(answer.stdout) if _ACTING.match(path.rpartition("/")[2]))
    )
