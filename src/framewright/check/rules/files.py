"""What is named by address: whether it is there, inside the project, of a size that works, and who answers when it is not local."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from framewright.check.assets import AssetKind, Standing
from framewright.check.places import asset_of_address
from framewright.check.report import Place, Severity
from framewright.check.rule import Fault, rule
from framewright.check.sources import LARGEST_TEXT
from framewright.model.recording import AnsweredBy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.assets import Asset
    from framewright.check.rule import Subject

# A picture of 16 MB is one of some 50 megapixels; it takes 200 MB of memory in every browser.
LARGEST_PICTURE = 16 * 10**6
LARGEST_PAGE_PIXELS = 7680 * 4320
_LONGEST = 120


@rule(
    "ASSET_MISSING",
    Severity.ERROR,
    about="a picture, medium, font, script, style sheet, frame or sub-composition that is not there; a warning where "
    "nobody may ever ask for it",
    advice="Put the file there, or name the one that is there; paths are relative to the file that names them.",
)
def asset_missing(subject: Subject) -> Iterator[Fault]:
    """Candidates of which the browser takes one count only if the page has asked for them in vain."""
    failed = _failed(subject)
    for asset in _standing(subject, Standing.MISSING):
        sure = not asset.use.doubtful or asset.target.path in failed
        message = f"The {asset.use.kind} '{_short(asset.use.address)}' is not there."
        near = asset.target.near
        advice = f"Write {near}, if that is meant: it is there." if near else None
        yield _fault(asset, message, None if sure else Severity.WARNING, advice)


@rule(
    "ASSET_OUTSIDE",
    Severity.ERROR,
    about="an address or a link that leads out of the project's folder, or begins with `file:`",
    advice="Copy the file into the project's folder: nothing outside of it is served.",
)
def asset_outside(subject: Subject) -> Iterator[Fault]:
    """Whatever stands there, nobody gets to see it."""
    for asset in _standing(subject, Standing.OUTSIDE):
        yield _fault(
            asset, f"The {asset.use.kind} '{_short(asset.use.address)}' lies outside of the project."
        )


@rule(
    "ASSET_HUGE",
    Severity.WARNING,
    about="a picture of more than 16 MB, or a text of more than 8 MB, which is not looked at",
    advice="Make it as small as it is shown: every browser of a render holds it in memory.",
)
def asset_huge(subject: Subject) -> Iterator[Fault]:
    """Media are read in pieces, whatever their size."""
    told: set[str] = set()
    for asset in _standing(subject, Standing.FOUND):
        path, size = asset.target.path, asset.target.size
        if asset.use.kind is AssetKind.PICTURE and size > LARGEST_PICTURE and path not in told:
            told.add(path)
            yield _fault(asset, f"The picture '{_short(asset.use.address)}' has {size / 1e6:.0f} MB.")
    for name, size in subject.sources.unread.items():
        message = f"{name} has {size / 1e6:.0f} MB, and was not looked at: the limit is {LARGEST_TEXT / 1e6:.0f} MB."
        yield Fault(message, Place(file=name))


@rule(
    "PICTURE_MOVES",
    Severity.WARNING,
    about="an animated GIF, PNG or WebP outside of an `<img>`: in a background it shows its first frame",
    advice="Put it into an <img>, which follows the time.",
)
def picture_moves(subject: Subject) -> Iterator[Fault]:
    """Animated SVG in an img is told by the page."""
    for asset in _standing(subject, Standing.FOUND):
        if asset.target.moves and not _is_image(asset):
            yield _fault(
                asset,
                f"The picture '{_short(asset.use.address)}' is animated, and can only be moved in an <img>.",
            )


def _is_image(asset: Asset) -> bool:
    """Its ``style`` attribute may name another one, which the page tells of."""
    element = asset.use.element
    return element is not None and element.tag in {"img", "source"}


@rule(
    "SIZE_HUGE",
    Severity.WARNING,
    about="a page of more pixels than 8K",
    advice="Render it smaller with --scale, or give it less room.",
)
def size_huge(subject: Subject) -> Iterator[Fault]:
    """As the page is laid out."""
    page, entry = subject.page, subject.sources.entry
    if page and page.size.width * page.size.height > LARGEST_PAGE_PIXELS:
        root = entry.root if entry else None
        yield Fault(f"The page has {page.size} pixels.", root.at("data-width") if root else None)


@rule(
    "FRAME_REMOTE",
    Severity.WARNING,
    about="an `<iframe>` from elsewhere: it keeps its own time",
    advice="Save what it shows into the project, or make a picture of it.",
)
def frame_remote(subject: Subject) -> Iterator[Fault]:
    """Frames of other origins cannot be reached by our clock."""
    for asset in _standing(subject, Standing.REMOTE):
        if asset.use.kind is AssetKind.FRAME:
            yield _fault(
                asset, f"The frame '{_short(asset.use.address)}' is not driven by the clock of the render."
            )


@rule(
    "REMOTE_ADDRESS",
    Severity.INFO,
    about="an address outside of the project, with who answers it",
    advice="Save it into the project to depend on nobody.",
)
def remote_address(subject: Subject) -> Iterator[Fault]:
    """Those that are written; and those that only scripts and styles ask for, of each folder the first."""
    answers = {one.url: one.by for one in subject.page.answers} if subject.page else {}
    # What nobody answers the page tells with the reason.
    told = {url for url, by in answers.items() if by is AnsweredBy.NOBODY}
    for asset in _standing(subject, Standing.REMOTE):
        path = asset.target.path
        if asset.use.kind is not AssetKind.FRAME and path not in told:
            yield _fault(asset, _answered(path, answers.get(path)))
        told.add(path)
    if subject.page is not None:
        own = f"{subject.page.origin}/"
        # A page that was opened by its address lies at home there.
        asked = [one for one in sorted({*subject.page.remote, *answers} - told) if not one.startswith(own)]
        # One family of fonts has dozens of files.
        folders: dict[tuple[str, AnsweredBy | None], list[str]] = {}
        for address in asked:
            folder = address.partition("?")[0].rpartition("/")[0]
            folders.setdefault((folder, answers.get(address)), []).append(address)
        for (_, by), addresses in folders.items():
            yield Fault(_answered(addresses[0], by, beside=len(addresses) - 1))


def _answered(address: str, by: AnsweredBy | None, beside: int = 0) -> str:
    name, host = f"'{_short(address)}'", urlsplit(address).netloc
    answered, comes = ("are answered", "come") if beside else ("is answered", "comes")
    if beside:
        name += f" and {beside} more of its folder"
    match by:
        case AnsweredBy.NPM:
            return f"{name} {answered} by the npm registry, in the place of {host}."
        case AnsweredBy.FONTSOURCE:
            return f"{name} {answered} from a @fontsource package, in the place of {host}."
        case AnsweredBy.CACHE:
            return f"{name} {answered} from the cache, in the place of {host}."
        case AnsweredBy.NETWORK:
            return f"{name} {comes} from {host} when a render begins."
        case _:
            return f"{name} would come from {host}."


def _standing(subject: Subject, standing: Standing) -> Iterator[Asset]:
    return (asset for asset in subject.sources.assets if asset.target.standing is standing)


def _failed(subject: Subject) -> set[str]:
    """Paths that the page has asked for in vain."""
    page = subject.page
    found = (
        asset_of_address(subject.sources, notice.address, page.origin)
        for notice in (page.notices if page else ())
        if page
    )
    return {asset.target.path for asset in found if asset}


def _fault(asset: Asset, message: str, severity: Severity | None = None, advice: str | None = None) -> Fault:
    element = asset.use.element
    return Fault(message, asset.use.place, element.pointer if element else None, severity, advice)


def _short(address: str) -> str:
    return address if len(address) <= _LONGEST else f"{address[:_LONGEST]}…"


RULES = (asset_missing, asset_outside, asset_huge, picture_moves, size_huge, frame_remote, remote_address)
