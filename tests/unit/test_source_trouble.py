"""Sources that are broken, hostile or no sources at all."""

from __future__ import annotations

import asyncio
import os
import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from framewright.media.sources import SourceError, SourceShelf
from framewright.model.errors import CompositionError
from truth import footage

BUDGET = 32 * 1024 * 1024


async def refused(path, seconds=Fraction(0), **settings) -> SourceError:
    """The error that both facts and frame end with."""
    async with asyncio.timeout(60):
        async with SourceShelf(BUDGET, **settings) as shelf:
            with pytest.raises(SourceError) as caught:
                await shelf.frame(path, seconds, shown="clips/my film.mp4")
    error = caught.value
    assert isinstance(error, CompositionError)
    assert "clips/my film.mp4" in error.message and error.message.endswith(".") and "\n" not in error.message
    assert "/proc/" not in error.message
    return error


def written(path, data: bytes):
    path.write_bytes(data)
    return path


async def test_missing_empty_and_not_a_file(tmp_path):
    assert (await refused(tmp_path / "none.mp4")).code == "SOURCE_MISSING"
    assert (await refused(written(tmp_path / "empty.mp4", b""))).code == "SOURCE_EMPTY"
    assert (await refused(tmp_path)).code == "SOURCE_INVALID"
    os.mkfifo(tmp_path / "pipe.mp4")
    assert (await refused(tmp_path / "pipe.mp4")).code == "SOURCE_INVALID"


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"\0" * 5000,
        b"<html><body>404 Not Found</body></html>",
        bytes(range(256)) * 200,
        b"RIFF",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\x1aE\xdf\xa3",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
        b"RIFF\x10\0\0\0WEBPVP8X",
    ],
    ids=range(10),
)
async def test_what_is_no_media(tmp_path, data):
    assert (await refused(written(tmp_path / "a.mp4", data))).code in {"SOURCE_INVALID", "SOURCE_CORRUPT"}


async def test_sound_only_has_no_frames_but_facts(tmp_path):
    path = tmp_path / "voice.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000)
        container.mux(list(footage._silence(stream, Fraction(0), Fraction(1))))
    async with SourceShelf(BUDGET) as shelf:
        facts = await shelf.facts(path)
        assert (
            facts.video is None and facts.audio.codec == "aac" and facts.seconds == pytest.approx(1, abs=0.05)
        )
    assert (await refused(path)).code == "SOURCE_NO_VIDEO"


async def test_a_codec_that_nobody_knows(tmp_path):
    made = footage.write(tmp_path / "a.mp4", frames=3)
    path = written(
        tmp_path / "b.mp4", made.path.read_bytes().replace(b"avc1", b"zzzz").replace(b"avcC", b"zzzC")
    )
    assert (await refused(path)).code == "SOURCE_UNSUPPORTED"


async def test_cover_art_is_no_video(tmp_path):
    with av.open(str(tmp_path / "a.mp3"), "w") as container:
        stream = container.add_stream("libmp3lame", rate=48_000)
        cover = container.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        sound = list(footage._silence(stream, Fraction(0), Fraction(1)))
        container.mux([*cover.encode(footage.picture(3, (64, 64))), *cover.encode(None), *sound])
    with av.open(str(tmp_path / "a.mp3")) as container:
        assert len(container.streams.video) == 1
    async with SourceShelf(BUDGET) as shelf:
        assert (await shelf.facts(tmp_path / "a.mp3")).video is None


async def test_the_content_decides_not_the_name(tmp_path):
    made = footage.write(tmp_path / "a.mp4", frames=5)
    for name in ("a.png", "a.txt", "a.m3u8", "a%03d.png", "concat:a.mp4", "a"):
        other = written(tmp_path / name, made.path.read_bytes())
        async with SourceShelf(BUDGET) as shelf:
            assert footage.number_of(await shelf.frame(other, Fraction(3, 30))) == 3


async def test_no_file_makes_us_read_another(tmp_path):
    footage.write(tmp_path / "secret.ts", frames=5)
    secret = tmp_path / "secret.ts"
    playlists = (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile '{secret}'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
        f'<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet><Representation><BaseURL>{secret}</BaseURL></Representation></AdaptationSet></Period></MPD>',
    )
    for number, text in enumerate(playlists):
        path = written(tmp_path / f"{number}.mp4", text.encode())
        error = await refused(path)
        assert error.code == "SOURCE_INVALID" and len(error.message) < 200


async def test_a_moov_that_never_came(tmp_path):
    made = footage.write(tmp_path / "a.mp4")
    data = made.path.read_bytes()
    error = await refused(written(tmp_path / "cut.mp4", data[: len(data) // 2]))
    assert error.code == "SOURCE_INVALID"


async def test_a_file_that_was_cut_short(tmp_path):
    """What is there is used; behind it is an error, not a frame that stands still."""
    made = footage.write(tmp_path / "a.mp4", frames=90, container_options={"movflags": "faststart"})
    data = made.path.read_bytes()
    cut = written(tmp_path / "cut.mp4", data[: len(data) * 6 // 10])
    async with SourceShelf(BUDGET) as shelf:
        assert footage.number_of(await shelf.frame(cut, Fraction(5, 30))) == 5
        with pytest.raises(SourceError) as caught:
            await shelf.frame(cut, Fraction(88, 30))
    assert caught.value.code == "SOURCE_CORRUPT" and " s" in caught.value.message


async def test_a_hole_in_the_middle(tmp_path):
    """A short hole is bridged by the frame before it, a long one is an error that says where; around it all is well."""
    made = footage.write(tmp_path / "a.mp4", frames=90, gop=6, b_frames=0)
    for first, last, bridged in ((30, 35, True), (30, 65, False)):
        data = bytearray(made.path.read_bytes())
        with av.open(str(made.path)) as container:
            packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
        for position, size in packets[first : last + 1]:
            data[position : position + size] = b"\xff" * size
        holed = written(tmp_path / f"{last}.mp4", bytes(data))
        async with SourceShelf(BUDGET) as shelf:
            for n in (0, 10, 29, last + 1, 80, 89):
                assert footage.number_of(await shelf.frame(holed, Fraction(n, 30))) == n
            if bridged:
                assert footage.number_of(await shelf.frame(holed, Fraction(33, 30))) == 29
            else:
                with pytest.raises(SourceError) as caught:
                    await shelf.frame(holed, Fraction(50, 30))
                assert caught.value.code == "SOURCE_CORRUPT"
                assert "0.967 s" in caught.value.message and "2.2" in caught.value.message


async def test_a_stream_of_nothing_but_errors(tmp_path):
    made = footage.write(tmp_path / "a.mp4", frames=60)
    data = bytearray(made.path.read_bytes())
    with av.open(str(made.path)) as container:
        for position, size in [(p.pos, p.size) for p in container.demux(video=0) if p.size]:
            data[position : position + size] = b"\xff" * size
    assert (await refused(written(tmp_path / "b.mp4", bytes(data)))).code == "SOURCE_CORRUPT"


async def test_absurd_sizes(tmp_path):
    header = b"\x89PNG\r\n\x1a\n"
    ihdr = b"IHDR" + struct.pack(">II", 100_000, 100_000) + bytes([8, 6, 0, 0, 0])
    import zlib

    png = header + struct.pack(">I", 13) + ihdr + struct.pack(">I", zlib.crc32(ihdr))
    idat = b"IDAT" + zlib.compress(b"\0" * 100)
    png += struct.pack(">I", len(idat) - 4) + idat + struct.pack(">I", zlib.crc32(idat))
    error = await refused(written(tmp_path / "a.png", png))
    assert error.code in {"SOURCE_TOO_LARGE", "SOURCE_CORRUPT", "SOURCE_INVALID"}
    gif = (
        b"GIF89a"
        + struct.pack("<HH", 65535, 65535)
        + b"\x80\0\0"
        + b"\0" * 6
        + b",\0\0\0\0"
        + struct.pack("<HH", 65535, 65535)
        + b"\0\x02\x02D\x01\0;"
    )
    error = await refused(written(tmp_path / "a.gif", gif))
    assert error.code in {"SOURCE_TOO_LARGE", "SOURCE_CORRUPT", "SOURCE_INVALID"}


async def test_random_damage_is_never_worse_than_an_error(tmp_path):
    rng = np.random.default_rng(7)
    made = [
        footage.write(tmp_path / "a.mp4", frames=20),
        footage.write(tmp_path / "a.mkv", frames=20),
        footage.write(tmp_path / "a.webm", codec="libvpx-vp9", frames=20),
        footage.write(tmp_path / "a.ts", frames=20),
        footage.write(tmp_path / "a.gif", codec="gif", pixel_format="rgb8", fps=25, frames=10),
    ]
    for source in made:
        whole = source.path.read_bytes()
        for number in range(6):
            data = bytearray(whole)
            for at in rng.integers(0, len(data), 40):
                data[at] = rng.integers(256)
            path = written(tmp_path / f"{number}-{source.path.name}", bytes(data))
            async with asyncio.timeout(60):
                async with SourceShelf(BUDGET) as shelf:
                    for seconds in (0, 0.3, 0.6):
                        try:
                            await shelf.frame(path, seconds)
                        except SourceError as error:
                            assert "\n" not in error.message


@pytest.mark.thorough
async def test_a_film_that_is_too_large_is_called_that(tmp_path):
    path = footage.write(
        tmp_path / "a.mp4", frames=1, size=(8192, 4352), b_frames=0, options={"preset": "ultrafast"}
    ).path
    error = await refused(path)
    assert error.code == "SOURCE_TOO_LARGE" and "8192×4352" in error.message
