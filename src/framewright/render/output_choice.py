"""Which kind of file is written: from the name of the output, the wishes, and what the page is like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.model.errors import UsageError
from framewright.model.output import CODECS, SOUND_CODECS, Codec, Format, OutputSpec, can_hold_alpha
from framewright.model.subtitles import SubtitlesMode
from framewright.render.choice import Choice
from framewright.render.hdr_choice import check_hdr

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.render.options import RenderOptions

SUFFIXES = {".mp4": Format.MP4, ".mov": Format.MOV, ".webm": Format.WEBM, ".gif": Format.GIF}


@dataclass(frozen=True, slots=True)
class OutputKind:
    """What can be said of the output before the page is known."""

    format: Format
    codec: Codec


def choose_kind(output: Path, options: RenderOptions) -> OutputKind:
    """Format by wish, else by suffix; codec by wish, else the format's usual one.

    Raises:
        UsageError: ``FORMAT_UNKNOWN`` when neither says, ``FORMAT_CONTRADICTS`` when they differ, and whatever
            :class:`~framewright.model.output.OutputSpec` says of a pair that does not go together; as
            :func:`~framewright.render.hdr_choice.check_hdr`;
            ``SUBTITLES_UNSUPPORTED``, ``AUDIO_UNSUPPORTED`` for a track in a format that holds none.
    """
    container = _format(output, options.format)
    kind = OutputKind(container, options.codec or CODECS[container][0])
    _check_subtitles(kind, options)
    # Refuses wrong pairs before a browser starts. Alpha that nobody asked for is settled when the page is known.
    check_hdr(_spec(kind, options, alpha=bool(options.alpha)), options)
    _check_sound(kind, options)
    return kind


def _check_subtitles(kind: OutputKind, options: RenderOptions) -> None:
    track = options.subtitles and options.subtitles_mode is SubtitlesMode.TRACK
    if track and kind.format in {Format.GIF, Format.PNG_SEQUENCE}:
        raise UsageError(
            f"{kind.format} holds no track of subtitles: use --subtitles-mode burn, or --format mp4, mov or webm.",
            code="SUBTITLES_UNSUPPORTED",
        )


def _check_sound(kind: OutputKind, options: RenderOptions) -> None:
    if kind.format in SOUND_CODECS or not (options.audio_tracks or options.loudness is not None):
        return
    option = "--audio-track" if options.audio_tracks else "--loudness"
    raise UsageError(
        f"{kind.format} has no sound, so {option} cannot be followed: leave it out, or write mp4, webm or mov.",
        code="AUDIO_UNSUPPORTED",
    )


def _format(output: Path, wished: Format | None) -> Format:
    suffix = output.suffix.lower()
    told = SUFFIXES.get(suffix)
    if wished is None:
        if told is None:
            raise UsageError(
                f"'{output.name}' does not tell a format: end it with {', '.join(SUFFIXES)}, "
                f"or give --format {', '.join(Format)}.",
                code="FORMAT_UNKNOWN",
            )
        return told
    if told is not None and told is not wished:
        raise UsageError(
            f"'{output.name}' is the name of a {told} file, and --format asks for {wished}: change one of them.",
            code="FORMAT_CONTRADICTS",
        )
    return wished


def choose_output(
    kind: OutputKind, options: RenderOptions, *, transparent: bool
) -> tuple[OutputSpec, Choice]:
    """Settle transparency: as wished, else kept where the page has it and the format can.

    Raises:
        UsageError: ``ALPHA_INVALID`` when transparency was asked for and cannot be kept.
    """
    able = can_hold_alpha(kind.format, kind.codec)
    alpha = options.alpha if options.alpha is not None else able and transparent
    choice = Choice(
        subject="output",
        choice={"format": kind.format.value, "codec": kind.codec.value, "alpha": alpha},
        inputs={
            "format_wished": options.format and options.format.value,
            "codec_wished": options.codec and options.codec.value,
            "alpha_wished": options.alpha,
            "format_can_hold_alpha": able,
            "page_is_transparent": transparent,
        },
        reason=_reason(kind, options, alpha=alpha, transparent=transparent),
    )
    return _spec(kind, options, alpha=alpha), choice


def _reason(kind: OutputKind, options: RenderOptions, *, alpha: bool, transparent: bool) -> str:
    what = f"{kind.codec} in {kind.format}"
    if options.alpha is not None:
        return f"{what}, {'with' if alpha else 'without'} transparency as asked."
    if alpha:
        return f"{what} keeps the transparency of the page."
    if transparent:
        return f"{what} has no transparency: the page is drawn on white."
    return f"{what}; the page is opaque."


def _spec(kind: OutputKind, options: RenderOptions, *, alpha: bool) -> OutputSpec:
    return OutputSpec(
        format=kind.format,
        codec=kind.codec,
        quality=options.quality,
        alpha=alpha,
        crf=options.crf,
        bitrate=options.bitrate,
    )
