"""The encoder's thread: order, bounds, and every way in which it can fail."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest

from framewright.media import EncoderThread, OutputFile, inspect, open_encoder
from framewright.model.errors import EncoderError, OutputError
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, Layout, OutputSpec
from framewright.model.size import Size
from truth import decoding, drawings

if TYPE_CHECKING:
    from framewright.model.picture import Picture

SIZE = Size(64, 48)
RATE = FrameRate.parse(30)
PICTURE = drawings.as_picture(drawings.counted(1, SIZE), Layout.I420)


class Scripted:
    """An encoder whose work waits until it is let go."""

    def __init__(self, *, fails_at: int | None = None, error: Exception | None = None) -> None:
        self.progress = 0
        self.calls: list[str] = []
        self.gate = threading.Event()
        self._fails_at = fails_at
        self._error = error or EncoderError("The codec broke.", code="ENCODER_FAILED")

    def write(self, picture: Picture) -> None:
        self._do("write")

    def repeat(self) -> None:
        self._do("repeat")

    def finish(self) -> None:
        self._do("finish")

    def interrupt(self) -> None:
        self.interrupted = True

    def abort(self) -> None:
        self.calls.append("abort")

    def _do(self, what: str) -> None:
        self.gate.wait(60)
        if self._fails_at == len(self.calls):
            raise self._error
        self.calls.append(what)
        self.progress += 1


async def test_frames_arrive_in_order_and_the_film_is_whole(tmp_path) -> None:
    path = tmp_path / "film.mp4"
    encoder = open_encoder(OutputSpec(Format.MP4, Codec.H264), SIZE, RATE, path)
    async with EncoderThread(encoder, capacity=2) as thread:
        for number in range(40):
            shown = drawings.as_picture(drawings.counted(number, SIZE), Layout.I420)
            await thread.put(shown if number % 4 == 0 else None)
        await thread.finish()
    assert decoding.numbers(path) == [number - number % 4 for number in range(40)]
    assert thread.busy_seconds > 0


async def test_no_more_than_its_capacity_waits() -> None:
    encoder = Scripted()
    async with EncoderThread(encoder, capacity=3) as thread:
        for _ in range(3):
            await thread.put(PICTURE)
        one_more = asyncio.ensure_future(thread.put(PICTURE))
        await asyncio.sleep(0.05)
        assert not one_more.done()
        encoder.gate.set()
        await one_more
        await thread.finish()
    assert encoder.calls == ["write"] * 4 + ["finish"]


async def test_an_error_shows_at_the_next_frame_and_the_encoder_is_closed() -> None:
    encoder = Scripted(fails_at=2)
    encoder.gate.set()
    async with EncoderThread(encoder, capacity=1) as thread:
        with pytest.raises(EncoderError, match="broke"):
            for _ in range(10):
                await thread.put(PICTURE)
        with pytest.raises(EncoderError, match="broke"):
            await thread.finish()
    assert encoder.calls == ["write", "write", "abort"]


async def test_an_error_in_the_last_frame_shows_at_the_end() -> None:
    encoder = Scripted(fails_at=1, error=OutputError("Full.", code="DISK_FULL"))
    encoder.gate.set()
    async with EncoderThread(encoder) as thread:
        await thread.put(PICTURE)
        with pytest.raises(OutputError) as caught:
            await thread.finish()
    assert caught.value.code == "DISK_FULL"


@pytest.mark.parametrize("while_finishing", [False, True])
async def test_no_progress_is_an_error(while_finishing: bool) -> None:
    encoder = Scripted()
    thread = EncoderThread(encoder, capacity=1, stalled_after=0.2)
    await thread.put(PICTURE)
    with pytest.raises(EncoderError, match="no progress for 0.2 seconds") as caught:
        await (thread.finish() if while_finishing else thread.put(PICTURE))
    assert caught.value.code == "ENCODER_STALLED"
    await thread.abort(patience=0.1)  # returns, though the encoder does not
    encoder.gate.set()


async def test_slow_is_not_stalled() -> None:
    encoder = Scripted()
    thread = EncoderThread(encoder, capacity=1, stalled_after=2)
    await thread.put(PICTURE)
    asyncio.get_running_loop().call_later(0.3, encoder.gate.set)
    await thread.put(PICTURE)
    await thread.finish()
    assert encoder.calls == ["write", "write", "finish"]


async def test_bytes_that_are_written_are_progress(tmp_path) -> None:
    class Moving(Scripted):
        """Writes for longer than an encoder may be silent, without a frame getting on."""

        def finish(self) -> None:
            with (tmp_path / "moved").open("wb", buffering=0) as file:
                for _ in range(20):
                    file.write(b"index")
                    time.sleep(0.1)

    encoder = Moving()
    async with EncoderThread(encoder, stalled_after=1) as thread:
        await thread.finish()
    assert encoder.progress == 0


async def test_leaving_without_finishing_aborts() -> None:
    encoder = Scripted()
    encoder.gate.set()
    with pytest.raises(KeyError):
        async with EncoderThread(encoder) as thread:
            await thread.put(PICTURE)
            raise KeyError
    assert encoder.calls[-1] == "abort"
    with pytest.raises(EncoderError) as caught:
        await thread.put(PICTURE)
    assert caught.value.code == "ENCODER_CLOSED"


async def test_cancelled_while_waiting_for_room() -> None:
    encoder = Scripted()
    async with EncoderThread(encoder, capacity=1) as thread:
        await thread.put(PICTURE)
        waiting = asyncio.ensure_future(thread.put(PICTURE))
        await asyncio.sleep(0.02)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        encoder.gate.set()
        await thread.put(None)
        await thread.finish()
    assert encoder.calls == ["write", "repeat", "finish"]


async def test_a_real_encoder_is_aborted_in_the_middle(tmp_path) -> None:
    with OutputFile(tmp_path / "film.mp4") as output:
        encoder = open_encoder(OutputSpec(Format.MP4, Codec.H264), SIZE, RATE, output.partial)
        thread = EncoderThread(encoder)
        for _ in range(20):
            await thread.put(PICTURE)
        await thread.abort()
    assert list(tmp_path.iterdir()) == []


async def test_a_picture_of_another_size_is_refused(tmp_path) -> None:
    encoder = open_encoder(OutputSpec(Format.MP4, Codec.H264), SIZE, RATE, tmp_path / "film.mp4")
    other = drawings.as_picture(drawings.counted(1, Size(32, 32)), Layout.I420)
    async with EncoderThread(encoder) as thread:
        with pytest.raises(EncoderError, match="32×32 came for a video of 64×48"):
            await thread.put(other)
            await thread.finish()


async def test_the_report_of_a_finished_file(tmp_path) -> None:
    path = tmp_path / "film.mp4"
    async with EncoderThread(open_encoder(OutputSpec(Format.MP4, Codec.H264), SIZE, RATE, path)) as thread:
        await thread.put(PICTURE)
        await thread.finish()
    assert inspect(path).frames == 1
