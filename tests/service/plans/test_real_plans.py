"""What a service makes of a plan, chunk by chunk, is to the last byte what the commands make of it."""

from __future__ import annotations

import pytest

import framewright
from framewright.model.job_request import CompositionSource, PlanRequest
from framewright.service.desk import Caller, Source
from framewright.service.plans.keeper import Plans
from truth import counter, pages, remains, tones
from truth.pages import Film

# At 5 frames a second the encoder begins anew every tenth frame.
FILM = Film(frames=20, fps="5", width=128, height=72)
SCRIPT = counter.SHOW + (
    f"addEventListener('hf-seek', event => show(Math.floor(event.detail.time * {FILM.fps} + 0.25)));"
)
SONG = '<audio id="song" src="song.wav" data-start="1" data-duration="2"></audio>'
REQUEST = PlanRequest(composition=CompositionSource(path="film"), chunk_frames=10, fps="5", quality="draft")


@pytest.mark.thorough
async def test_a_piece_has_the_bytes_of_the_command(settings, database, tmp_path, browser_files) -> None:
    page = pages.write(tmp_path / "film", pages.document(FILM, counter.CELLS, script=SCRIPT))
    source, me = Source(composition=str(page), name="film", root=tmp_path / "film"), Caller("me")
    async with Plans(settings, database) as plans:
        kept, _ = await plans.plan(REQUEST, source, me)
        await plans.chunk(kept.digest, 1, me)
        async with plans.piece(kept.digest, 1, me) as file:
            over_http = file.path.read_bytes()
    assert list((settings.data_folder / "work").iterdir()) == []
    remains.assert_gone(browser_files)
    plan = await framewright.plan_async(page, tmp_path / "here", chunk_frames=10, fps="5", quality="draft")
    assert (kept.digests, len(kept.chunks)) == (plan.digests, 2)
    await framewright.render_chunk_async(tmp_path / "here", 1, tmp_path / "piece")
    assert over_http == (tmp_path / "piece").read_bytes()


@pytest.mark.thorough
async def test_pieces_and_file_have_the_bytes_of_the_commands(
    settings, database, tmp_path, browser_files
) -> None:
    page = pages.write(tmp_path / "film", pages.document(FILM, counter.CELLS + SONG, script=SCRIPT))
    tones.write(tmp_path / "film" / "song.wav", tones.tone(3.0, 440.0))
    source = Source(composition=str(page), name="film", root=tmp_path / "film")
    me = Caller("me")
    async with Plans(settings, database) as plans:
        kept, fresh = await plans.plan(REQUEST, source, me)
        assert fresh
        pieces = [await plans.chunk(kept.digest, one.index, me) for one in kept.chunks]
        sound = await plans.sound(kept.digest, me)
        made = await plans.assemble(kept.digest, me)
        async with plans.output(kept.digest, me) as file:
            assert file.name == "film.mp4"
            over_http = file.path.read_bytes()
        async with plans.piece(kept.digest, 1, me) as file:
            piece_over_http = file.path.read_bytes()
    assert list((settings.data_folder / "work").iterdir()) == []
    assert str(tmp_path) not in made.model_dump_json() + kept.model_dump_json() + sound.model_dump_json()
    remains.assert_gone(browser_files)

    here = tmp_path / "here"
    plan = await framewright.plan_async(page, here, chunk_frames=10, fps="5", quality="draft")
    assert (kept.digests, len(kept.chunks)) == (plan.digests, len(plan.chunks))
    (tmp_path / "pieces").mkdir()
    mine = [
        await framewright.render_chunk_async(here, index, tmp_path / "pieces" / str(index))
        for index in range(2)
    ]
    assert [one.result.digest for one in pieces] == [one.digest for one in mine]
    assert piece_over_http == (tmp_path / "pieces" / "1").read_bytes()
    mixed = await framewright.mix_sound_async(here, tmp_path / "pieces" / "sound")
    assert sound.result.digest == mixed.digest
    await framewright.assemble_async(here, [tmp_path / "pieces"], tmp_path / "here.mp4")
    assert over_http == (tmp_path / "here.mp4").read_bytes()
