"""What becomes of videos and sounds, as ``framewright probe`` tells it: two lines for each."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import line
from framewright.model.sound import Unheard

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from framewright.model.media import AudioFacts, MediaUse, VideoFacts
    from framewright.model.sound import SoundTrack
    from framewright.render.media_account import MediaAccount

_MOST = 40
_LONGEST_NAME = 60
_UNHEARD = {
    Unheard.MUTED: "not heard: it is muted",
    Unheard.HIDDEN: "not heard: it is hidden",
    Unheard.UNSEEN: "not heard: it is never shown",
    Unheard.SILENT: "not heard: its volume is 0",
    Unheard.SOUNDLESS: "no sound in its source",
    Unheard.SOURCELESS: "no source",
    Unheard.REFUSED: "its sound is not wanted",
    Unheard.UNPLAYED: "not heard: nobody plays it",
    Unheard.TRIMMED: "not heard: nothing is left behind its trim",
    Unheard.GROUP_HIDDEN: "not heard: its group is hidden",
}


def tell_media(console: Console, media: Sequence[MediaAccount], tracks: Sequence[SoundTrack]) -> None:
    """Print when each is seen and heard, what its source holds, and what becomes of that; the first forty of them."""
    line(console, "  media")
    heard: dict[str, SoundTrack] = {track.name: track for track in tracks}
    for account in media[:_MOST]:
        use = account.use
        times = f"{phrases.exact_seconds(use.start)} to {phrases.exact_seconds(account.stop)}"
        if not use.plays:
            times = "stands still" if use.seen and use.kind == "video" else "never"
        elif not use.seen:
            times = "never"
        head = Text.assemble("    ", (phrases.clean(use.element), "bold"), f"  {use.kind}, {times}")
        line(console, head)
        line(console, Text.assemble("      ", (_source(use), "dim")))
        told = ", ".join(filter(None, (*_fate(account), _loudness(heard.get(use.element), use))))
        if told:
            line(console, f"      {told}")
    if len(media) > _MOST:
        line(console, f"    and {len(media) - _MOST} more: --json tells all", style="dim")


def _source(use: MediaUse) -> str:
    name = phrases.clean(_named(use.source))
    if use.failure is not None:
        return f"{name}: {phrases.clean(use.failure.message)}"
    facts = use.facts
    if facts is None:
        return name
    length = phrases.exact_seconds(facts.seconds) if facts.seconds is not None else "of unknown length"
    parts = [_picture(facts.video) if facts.video else "", _sound(facts.audio) if facts.audio else "", length]
    return f"{name}: {', '.join(filter(None, parts))}"


def _named(address: str | None) -> str:
    """The end of an address, which people know it by."""
    if address is None:
        return "without a source"
    parts = urlsplit(address)
    if parts.scheme == "data":
        return "data of the page itself"
    local = parts.hostname in {"127.0.0.1", "localhost"}
    name = unquote(parts.path.lstrip("/")) if local else address
    return name if len(name) <= _LONGEST_NAME else f"…{name[-_LONGEST_NAME:]}"


def _picture(video: VideoFacts) -> str:
    rate = f" at {float(Fraction(video.rate)):.6g} fps" if video.rate and video.moving else ""
    kinds = filter(
        None,
        (
            video.transfer.value.upper() if video.transfer != "sdr" else "",
            "with transparency" if video.alpha else "",
            "interlaced" if video.interlaced else "",
            f"turned by {video.rotation}°" if video.rotation else "",
        ),
    )
    return " ".join((f"{video.codec} {video.width}×{video.height}{rate}", *kinds))


def _sound(audio: AudioFacts) -> str:
    return f"{audio.codec} {audio.layout} {audio.rate / 1000:g} kHz"


def _fate(account: MediaAccount) -> Iterable[str]:
    """What is held, cut and repeated."""
    use = account.use
    if use.plays and use.seen:
        if use.offset:
            yield f"from {phrases.exact_seconds(use.offset)} of its source on"
        if use.rate != 1:
            yield f"at {use.rate:g} × speed"
    if account.trimmed_away:
        yield "begins behind the end of its source"
    if account.rounds is not None:
        yield f"plays {account.rounds:.3g} times over"
    if account.source_ends is not None:
        does = "holds its last picture" if use.kind == "video" else "is over"
        yield f"{does} from {phrases.exact_seconds(account.source_ends)} on"
    if account.unused is not None and use.seen and not account.missed:
        yield f"leaves out the last {phrases.exact_seconds(account.unused)} of its source"
    if account.missed:
        yield f"{phrases.exact_seconds(account.missed)} lie behind the end of the video"


def _loudness(track: SoundTrack | None, use: MediaUse) -> str:
    if use.unheard is not None:
        return _UNHEARD[use.unheard]
    if track is None:
        return ""
    if track.lane:
        low, high = min(point.v for point in track.lane), max(point.v for point in track.lane)
        level = (
            f"heard at a volume from {low:.3g} to {high:.3g}" if low != high else f"heard at volume {low:.3g}"
        )
    else:
        level = "heard" if track.volume == 1 else f"heard at volume {track.volume:.3g}"
    return level if track.group is None else f"{level} in the group {phrases.clean(track.group)}"
