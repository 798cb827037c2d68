"""When an output is HDR, in which transfer, and what its file says of the light."""

from __future__ import annotations

import pytest

from framewright.model.errors import SetupError, UsageError
from framewright.model.media import LightLevels, MediaFacts, MediaUse, Transfer, VideoFacts
from framewright.model.output import Codec, Format, OutputSpec
from framewright.render import RenderOptions
from framewright.render.hdr_choice import choose_hdr
from framewright.render.output_choice import choose_kind

H265 = OutputSpec(Format.MP4, Codec.H265)
DIM = LightLevels(content=150, average=50, brightest=6_000_000)


def use(
    transfer: str, *, alpha: bool = False, levels: LightLevels | None = None, source: str = "a"
) -> MediaUse:
    video = VideoFacts(
        codec="hevc", width=8, height=8, transfer=Transfer(transfer), alpha=alpha, levels=levels
    )
    return MediaUse(
        element="#a", kind="video", source=f"{source}.mp4", facts=MediaFacts(container="mp4", video=video)
    )


def chosen(media, spec=H265, *, frame_control=True, **wishes):
    options = RenderOptions.parse(codec=spec.codec.value, **wishes)
    found, choice = choose_hdr(spec, options, media, frame_control=frame_control)
    assert choice is None or choice.choice == found.transfer.value
    return found


@pytest.mark.parametrize(
    ("media", "transfer"),
    [
        ([], "sdr"),
        ([use("sdr")], "sdr"),
        ([use("pq", alpha=True)], "sdr"),
        ([use("pq")], "pq"),
        ([use("hlg")], "hlg"),
        ([use("hlg"), use("sdr", source="b")], "hlg"),
        ([use("hlg"), use("pq", source="b")], "pq"),
    ],
)
def test_h265_and_av1_are_as_their_sources(media: list[MediaUse], transfer: str) -> None:
    for spec in (H265, OutputSpec(Format.WEBM, Codec.AV1)):
        assert chosen(media, spec).transfer == transfer
        assert chosen(media, spec, hdr="off").transfer == "sdr"
        assert chosen(media, spec, hdr="hlg").transfer == "hlg"


@pytest.mark.parametrize(
    ("spec", "wishes", "frame_control", "reason"),
    [
        (OutputSpec(Format.MP4, Codec.H264), {}, True, "--codec h265 and av1 keep them"),
        (H265, {"capture": "stream"}, True, "8 bits"),
        (H265, {}, False, "no frame control"),
        (H265, {"hdr": "off"}, True, "as asked"),
    ],
)
def test_why_hdr_sources_come_out_in_sdr(spec, wishes, frame_control, reason) -> None:
    options = RenderOptions.parse(codec=spec.codec.value, **wishes)
    found, choice = choose_hdr(spec, options, [use("pq")], frame_control=frame_control)
    assert found is spec
    assert choice is not None
    assert (choice.choice, choice.inputs["sources"]) == ("sdr", 1)
    assert reason in choice.reason


def test_nothing_is_told_where_there_is_no_hdr() -> None:
    assert choose_hdr(H265, RenderOptions.parse(codec="h265"), [use("sdr")], frame_control=True)[1] is None


def test_levels() -> None:
    assert chosen([use("hlg")], hdr="hlg").levels is None
    assert chosen([], hdr="pq").levels == LightLevels(content=203, average=203)
    assert chosen([use("pq")]).levels == LightLevels()
    # Graphics are brighter than this footage.
    assert chosen([use("pq", levels=DIM)]).levels == DIM.model_copy(update={"content": 203, "average": 203})
    bright = DIM.model_copy(update={"content": 0, "average": 300})
    assert chosen([use("pq", levels=bright)]).levels == bright
    # One source says nothing: it may be as bright as usual.
    assert chosen([use("pq", levels=DIM), use("pq", source="b")]).levels == LightLevels()


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"hdr": "pq"}, "HDR_INVALID"),
        ({"hdr": "hlg", "codec": "h264"}, "HDR_INVALID"),
        ({"hdr": "pq", "format": "gif"}, "HDR_INVALID"),
        ({"hdr": "pq", "format": "mov"}, "HDR_INVALID"),
        ({"hdr": "pq", "format": "webm"}, "HDR_INVALID"),
        ({"hdr": "pq", "codec": "h265", "capture": "stream"}, "CAPTURE_INVALID"),
        ({"hdr": "dolby"}, "HDR_UNKNOWN"),
    ],
)
def test_what_cannot_be_is_refused_before_a_browser_starts(wishes, code, tmp_path) -> None:
    with pytest.raises(UsageError) as told:
        choose_kind(tmp_path / "out", RenderOptions.parse(**({"format": "mp4"} | wishes)))
    assert told.value.code == code


def test_a_browser_without_frame_control_is_told() -> None:
    with pytest.raises(SetupError) as told:
        chosen([], hdr="pq", frame_control=False)
    assert told.value.code == "FRAME_CONTROL_MISSING"
