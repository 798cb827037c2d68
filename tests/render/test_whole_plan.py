"""A plan's folder, its pieces made one by one by the public verbs and commands, and put together: the bytes of a render."""

from __future__ import annotations

import json
import shutil

import pytest

import framewright
from framewright.cli.entry import run
from framewright.model.errors import PieceError, PlanError, UsageError
from truth import decoding, footage, pages, tones
from truth.pages import Film

FILM = Film(frames=24, fps="1", width=128, height=72)
OPTIONS = {"fps": 1, "quality": "draft", "chunks": 2}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan") / "page"
    pages.write(
        folder,
        pages.document(
            FILM,
            '<video id="clip" src="clip.mp4" data-start="0" data-duration="24" style="width:128px;height:72px"></video>'
            '<audio id="song" src="song.wav" data-start="1" data-duration="6"></audio>',
        ),
    )
    footage.write(folder / "clip.mp4", fps=1, frames=24)
    tones.write(folder / "song.wav", tones.tone(8.0, 440.0))
    return folder


@pytest.fixture
def command(capsys):
    """Run a command that succeeds; its last line."""

    def done(*words):
        status = run([str(word) for word in words])
        told = capsys.readouterr()
        assert status == 0, told.out + told.err
        return told.out.splitlines()[-1] if told.out else ""

    return done


@pytest.mark.thorough
def test_pieces_made_one_by_one_are_the_render(page, tmp_path):
    plan = framewright.plan(page, tmp_path / "plan", format="mp4", **OPTIONS)
    moved = tmp_path / "elsewhere" / "plan"
    moved.parent.mkdir()
    shutil.move(tmp_path / "plan", moved)
    pieces = []
    for chunk in plan.chunks:
        piece = tmp_path / f"piece {chunk.index}.mp4"
        result = framewright.render_chunk(moved, chunk.index, piece, workers=1 + chunk.index % 2)
        assert (result.start, result.stop) == (chunk.start, chunk.stop)
        assert len(result.fingerprints) == len(set(result.fingerprints)) == len(chunk.range)
        assert decoding.numbers(piece) == list(chunk.range)
        pieces.append(piece)
    sound = tmp_path / "sound"
    assert framewright.mix_sound(moved, sound).samples == FILM.frames * 48_000
    # What stands there already is not made again.
    before = pieces[0].stat().st_mtime_ns
    framewright.render_chunk(moved, 0, pieces[0])
    assert pieces[0].stat().st_mtime_ns == before
    framewright.assemble(moved, [sound, *reversed(pieces)], tmp_path / "assembled.mp4")
    framewright.render(page, tmp_path / "rendered.mp4", **OPTIONS)
    assert (tmp_path / "assembled.mp4").read_bytes() == (tmp_path / "rendered.mp4").read_bytes()
    assert decoding.numbers(tmp_path / "assembled.mp4") == list(range(FILM.frames))


def test_commands_do_the_same(page, tmp_path, command):
    plan = tmp_path / "plan"
    command("plan", page, "-o", plan, "--fps", 1, "--quality", "draft", "--chunks", 2, "--end-frame", 8)
    for index in ("0", "1", "sound"):
        account = json.loads(command("chunk", plan, index, "-o", tmp_path / f"{index}.piece", "--json"))
        assert account["kind"] == ("sound" if index == "sound" else "chunk")
    pieces = [tmp_path / f"{index}.piece" for index in ("sound", "1", "0")]
    command("assemble", plan, *pieces, "-o", tmp_path / "out.mp4")
    assert decoding.numbers(tmp_path / "out.mp4") == list(range(8))
    command("verify", tmp_path / "out.mp4", "--plan", plan)


def test_what_cannot_be_rendered_is_told(page, tmp_path):
    with pytest.raises(PlanError, match="holds no plan"):
        framewright.render_chunk(tmp_path, 0, tmp_path / "piece.mp4")
    framewright.plan(page, tmp_path / "plan", format="mp4", fps=1, end_frame=4, skip_audio=True)
    with pytest.raises(UsageError, match="no chunk 1: its chunks are 0 to 0"):
        framewright.render_chunk(tmp_path / "plan", 1, tmp_path / "piece.mp4")
    with pytest.raises(UsageError, match="no folder"):
        framewright.render_chunk(tmp_path / "plan", 0, tmp_path / "none" / "piece.mp4")
    with pytest.raises(PlanError):
        framewright.mix_sound(tmp_path / "plan", tmp_path / "sound")
    (tmp_path / "piece.mp4").write_bytes(b"nothing")
    with pytest.raises(PieceError, match="never finished"):
        framewright.assemble(tmp_path / "plan", [tmp_path / "piece.mp4"], tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()
    assert sorted(child.name for child in tmp_path.iterdir()) == ["piece.mp4", "plan"]
