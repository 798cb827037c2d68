"""The wishes of a render come out of a manifest as they went in, and the files that they name keep what decoders know them by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from framewright.executors.temporal.manifest import ManifestDraft, options_of
from framewright.executors.temporal.values import Manifest
from framewright.model.errors import PlanError
from framewright.render.options import RenderOptions

WISHES = {
    "fps": "30000/1001",
    "format": "webm",
    "codec": "vp9",
    "quality": "high",
    "bitrate": "8M",
    "width": 640,
    "scale": 2.0,
    "start_frame": 3,
    "chunks": 4,
    "mode": "run",
    "variables": {"title": "Ä", "list": [1, None, {"a": True}]},
    "loudness": -16.0,
    "subtitles_mode": "track",
    "alpha": True,
}


def manifest_of(options: RenderOptions) -> tuple[Manifest, ManifestDraft]:
    draft = ManifestDraft.of(options, slots=5)
    made = draft.manifest(entry="index.html", site=None, files=(), beside=())
    return Manifest.model_validate_json(json.dumps(made.model_dump(mode="json"))), draft


def test_wishes_come_out_as_they_went_in() -> None:
    options = RenderOptions.parse(**WISHES)
    manifest, draft = manifest_of(options)
    assert options_of(manifest, Path("/beside")) == options
    assert (manifest.slots, draft.beside) == (5, ())


def test_what_nobody_wished_is_not_written() -> None:
    assert manifest_of(RenderOptions.parse(workers=3, resume=False))[0].options == {}


def test_files_get_names_of_their_own() -> None:
    options = RenderOptions.parse(
        subtitles=["words.de.srt", "words.en.vtt,label=Two"],
        subtitles_mode="track",
        audio_tracks=["a song.mp3,volume=0.5", {"path": "/else/where.wav", "loop": True, "duration": 3.0}],
    )
    manifest, draft = manifest_of(options)
    assert [(name, path.name) for name, path in draft.beside] == [
        ("0.srt", "words.de.srt"),
        ("1.vtt", "words.en.vtt"),
        ("2.mp3", "a song.mp3"),
        ("3.wav", "where.wav"),
    ]
    read = options_of(manifest, Path("/beside"))
    assert [(one.path, one.language, one.label) for one in read.subtitles] == [
        (Path("/beside/0.srt"), "de", None),
        (Path("/beside/1.vtt"), "en", "Two"),
    ]
    assert [(Path(one.path), one.volume, one.loop, one.duration) for one in read.audio_tracks] == [
        (Path("/beside/2.mp3"), 0.5, False, None),
        (Path("/beside/3.wav"), 1.0, True, 3.0),
    ]


@pytest.mark.parametrize(
    "options",
    [{"sparkle": 1}, {"fps": "soon"}, {"subtitles": [{"language": "de"}]}, {"audio_tracks": [{"path": "x", "y": 1}]}],
)  # fmt: skip
def test_wishes_of_another_version_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(PlanError) as raised:
        options_of(Manifest(entry="index.html", options=options), Path("/beside"))
    assert raised.value.code == "MANIFEST_INVALID"
