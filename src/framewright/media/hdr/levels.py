"""What a file says of its light: read from a source, told to encoders, and as boxes of mp4."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, cast

from av.sidedata.sidedata import Type as SideData

from framewright.model.media import LightLevels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from av.sidedata.sidedata import SideDataContainer
    from av.video.frame import VideoFrame

# AVMasteringDisplayMetadata: ten fractions (x and y of red, green, blue and white, darkest, brightest), then whether it
# has primaries and luminance. AVContentLightMetadata: MaxCLL, MaxFALL.
_MASTERING = struct.Struct("@22i")
_CONTENT = struct.Struct("@2I")
_CHROMATICITY, _LUMINANCE = 50_000, 10_000  # steps of 1


def levels_of(frame: VideoFrame) -> LightLevels | None:
    """What a decoded frame says; None: nothing that makes sense."""
    told: dict[SideData, bytes] = {}
    try:
        every = cast("SideDataContainer", frame.side_data)
    except ValueError:
        return None  # something lies beside the frame that PyAV has no name for, as with TIFF: then nothing of it can be had
    for number in range(len(every)):
        data = every[number]
        told[data.type] = bytes(data)
    said: dict[str, object] = {}
    if (mastering := told.get(SideData.MASTERING_DISPLAY_METADATA)) and len(mastering) >= _MASTERING.size:
        said |= _mastering(_MASTERING.unpack_from(mastering))
    if (content := told.get(SideData.CONTENT_LIGHT_LEVEL)) and len(content) >= _CONTENT.size:
        said["content"], said["average"] = _CONTENT.unpack_from(content)
    if not said:
        return None
    try:
        return LightLevels.model_validate({"content": 0, "average": 0} | said)
    except ValueError:
        return None


def _mastering(numbers: tuple[int, ...]) -> dict[str, object]:
    *fractions, has_primaries, has_luminance = numbers
    values = [
        above / below if below else -1.0 for above, below in zip(fractions[::2], fractions[1::2], strict=True)
    ]
    said: dict[str, object] = {}
    if has_primaries:
        said["primaries"] = tuple(round(value * _CHROMATICITY) for value in values[:8])
    if has_luminance:
        said["darkest"], said["brightest"] = (round(value * _LUMINANCE) for value in values[8:])
    return said


def brightest_of(several: Iterable[LightLevels]) -> LightLevels:
    """What holds for pictures of several sources: the screen of the brightest of them, and the highest of each number.

    Without any source that says something: P3 primaries, 1000 cd/m², 400 on average, as most are made.
    """
    known = tuple(several)
    if not known:
        return LightLevels()
    screen = max(known, key=lambda levels: (levels.brightest, -levels.darkest, levels.primaries))
    # One that is not known is not lower than the others.
    content, average = (
        0 if 0 in numbers else max(numbers)
        for numbers in ({one.content for one in known}, {one.average for one in known})
    )
    return screen.model_copy(update={"content": content, "average": average})


def for_x265(levels: LightLevels) -> dict[str, object]:
    """As parameters of x265."""
    red, green, blue, white = _points(levels)
    places = "".join(
        f"{name}({x},{y})" for name, (x, y) in (("G", green), ("B", blue), ("R", red), ("WP", white))
    )
    return {
        "hdr10": 1,
        "master-display": f"{places}L({levels.brightest},{levels.darkest})",
        "max-cll": f"{levels.content},{levels.average}",
    }


def for_svt_av1(levels: LightLevels) -> dict[str, object]:
    """As parameters of SVT-AV1."""
    red, green, blue, white = _points(levels)
    places = "".join(
        f"{name}({x / _CHROMATICITY:.5f},{y / _CHROMATICITY:.5f})"
        for name, (x, y) in (("G", green), ("B", blue), ("R", red), ("WP", white))
    )
    luminance = f"L({levels.brightest / _LUMINANCE:.4f},{levels.darkest / _LUMINANCE:.4f})"
    return {"mastering-display": places + luminance, "content-light": f"{levels.content},{levels.average}"}


def boxes(levels: LightLevels) -> bytes:
    """``mdcv`` and ``clli``, ISO/IEC 14496-12."""
    red, green, blue, white = _points(levels)
    screen = struct.pack(">8H2I", *green, *blue, *red, *white, levels.brightest, levels.darkest)
    content = struct.pack(">2H", levels.content, levels.average)
    return b"".join(
        struct.pack(">I", 8 + len(body)) + name + body
        for name, body in ((b"mdcv", screen), (b"clli", content))
    )


def _points(levels: LightLevels) -> list[tuple[int, ...]]:
    """Red, green, blue, white."""
    return [levels.primaries[place : place + 2] for place in range(0, 8, 2)]
