"""Opening a file that may be hostile: its content says what it is, and it can make FFmpeg read no other file.

FFmpeg guesses from names and follows what files say: playlists name other files, patterns in a name mean sequences,
addresses mean the network. Here a file is opened by its number, so that its name says nothing, with a list of
containers that hold their own content, and with no protocol but plain files.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

import av

from framewright.media.codec_log import listen
from framewright.media.sources.errors import SourceFault, fault_of
from framewright.model.size import LARGEST_SIDE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream

_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,live_flv,ogg,asf,mxf,nut,ivf,h264,hevc,"
    "vvc,obu,av1,m4v,mjpeg,dv,yuv4mpegpipe,rm,wtv,gxf,nsv,h263,h261,vc1,dirac,"
    "gif,apng,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,qoi_pipe,gem_pipe,pam_pipe,pbm_pipe,pgm_pipe,ppm_pipe,"
    "psd_pipe,sgi_pipe,exr_pipe,hdr_pipe,dpx_pipe,j2k_pipe,jpegxl_pipe,ico,"
    "wav,w64,mp3,aac,flac,aiff,caf,ac3,eac3,amr,amrnb,amrwb,au,wv,tta,ape,tak,dts,truehd,mp2,loas,latm,voc,"
    "mpc,mpc8,qoa,rso,sox,spx"
)
MOST_PIXELS = LARGEST_SIDE * LARGEST_SIDE // 2
"""Of one picture: 8192 × 4096. A header of some bytes can claim any size, and memory is taken by it."""
_OPEN_SECONDS, _READ_SECONDS = 20.0, 60.0


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The container of a file, closed at the end.

    Raises:
        SourceFault: it cannot be opened.
    """
    container = open_container(path)
    try:
        yield container
    finally:
        container.close()


def open_container(path: Path) -> InputContainer:
    """The container of a file, whatever its name ends with.

    Raises:
        SourceFault: ``SOURCE_MISSING``, ``SOURCE_EMPTY``, ``SOURCE_INVALID``, ``SOURCE_UNSUPPORTED``.
    """
    listen()
    number = open_file(path)
    try:
        return av.open(
            f"file:/proc/self/fd/{number}",
            container_options={"protocol_whitelist": "file", "format_whitelist": _CONTAINERS},
            options={"max_pixels": str(MOST_PIXELS)},
            metadata_errors="replace",
            timeout=(_OPEN_SECONDS, _READ_SECONDS),
        )
    except (av.FFmpegError, OSError, ValueError, RuntimeError) as error:
        raise fault_of(error) from error
    finally:
        os.close(number)


def open_file(path: Path) -> int:
    """The number of an open file, which the caller closes.

    Raises:
        SourceFault: ``SOURCE_MISSING``, ``SOURCE_EMPTY``, ``SOURCE_INVALID`` (no file but a folder or a device).
    """
    try:
        # A pipe that nobody writes to would hold us up.
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise fault_of(error) from error
    found = os.fstat(number)
    if stat.S_ISREG(found.st_mode) and found.st_size > 0:
        return number
    os.close(number)
    if stat.S_ISREG(found.st_mode):
        raise SourceFault("SOURCE_EMPTY", "is empty: it has 0 bytes")
    raise SourceFault("SOURCE_INVALID", "is no file but a folder or a device")


def beginning_of(path: Path, count: int) -> bytes:
    """The first bytes of a file.

    Raises:
        SourceFault: as :func:`open_file`.
    """
    with os.fdopen(open_file(path), "rb") as file:
        return file.read(count)


def video_of(container: InputContainer) -> VideoStream | None:
    """The stream that is shown: the first one that is no cover art, the default one if the file names one."""
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition
        & (av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails)
    ]
    named = [stream for stream in streams if stream.disposition & av.stream.Disposition.default]
    return next(iter(named or streams), None)
