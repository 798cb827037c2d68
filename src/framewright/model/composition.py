"""What a page says of itself once it is loaded. Made in the page, checked here, never guessed from HTML text."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from framewright.model.media import MediaUse  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.sound import Sounds


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Notice(_Value):
    """A warning: something that the author will want to know and that did not stop the render.

    Attributes:
        code: a stable upper-case name, such as ``IMAGE_FAILED``.
        message: one sentence.
        element: the element that it is about, as people would point at it (``img#logo``), if any.
        address: the address that it is about, if any.
    """

    code: str
    message: str
    element: str | None = None
    address: str | None = None


class ClipKind(StrEnum):
    """What fills a clip."""

    ELEMENT = "element"
    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"


class Clip(_Value):
    """An element with a window of time.

    Attributes:
        element: how people would point at it: ``#title``, ``div.clip:nth-of-type(2)``.
        start: seconds on the clock of the composition.
        duration: seconds; None while unknown: it then shows from its start on.
        track: the lane that its author gave it; never the paint order.
        source: the address of its media, as written.
        hidden: never shown, never heard.
    """

    element: str
    kind: ClipKind
    start: Annotated[float, Field(ge=0)]
    duration: float | None = None
    track: int | None = None
    source: str | None = None
    hidden: bool = False


class VariableType(StrEnum):
    """What a variable holds."""

    STRING = "string"
    NUMBER = "number"
    COLOR = "color"
    BOOLEAN = "boolean"
    ENUM = "enum"
    FONT = "font"
    IMAGE = "image"


class Variable(_Value):
    """Something that a page lets differ from one video to the next.

    Attributes:
        label: what people call it; the id where its author gave no label.
        default: what the page declares; None when it declares none.
        value: what this render shows.
        options: of an ``enum``: what it may be.
    """

    id: str
    type: VariableType
    label: str
    default: JsonValue
    value: JsonValue
    options: tuple[JsonValue, ...] = ()


class DurationSource(StrEnum):
    """Where the length of the video comes from."""

    DECLARED = "declared"
    TIMELINE = "timeline"
    ANIMATIONS = "animations"
    CLIPS = "clips"
    PAGE = "page"  # the page's own __hf.duration or helios.duration
    OPTION = "option"  # --duration


class FontUse(_Value):
    """A font that text asks for.

    Attributes:
        asked: the first family of its list, as written.
        used: the families that drew it, sorted; empty where nothing of it was laid out yet.
        own: the page declares the family itself, or was given it as if it did.
    """

    asked: str
    used: tuple[str, ...] = ()
    own: bool = False


class Description(_Value):
    """A page, described by itself.

    Attributes:
        composition: the root's ``data-composition-id``; None for a page without a root.
        width, height: CSS pixels; None when the page does not say.
        duration: seconds; None when nothing in the page is finite; ``inf`` never.
        fps: the root's ``data-fps`` as written, else what a Helios instance declares.
        transparent: neither the page nor its root paints a background of its own.
        scripted: False when no script can act in the page, so that its frames follow from the time alone.
        foreseeable: True when the runtime can tell how long the picture will hold.
        variables: those that the page declares.
        remote: addresses outside the project that the page asked for, sorted.
        fonts: what text asks for and is drawn with; empty until somebody has looked.
        media: its videos and sounds, with what their sources hold.
        sounds: what is heard, as far as the page tells without being gone through.
    """

    composition: str | None
    title: str
    width: int | None
    height: int | None
    duration: float | None
    duration_source: DurationSource | None
    fps: str | None
    transparent: bool
    foreseeable: bool
    scripted: bool = True
    clips: tuple[Clip, ...]
    variables: tuple[Variable, ...] = ()
    remote: tuple[str, ...] = ()
    fonts: tuple[FontUse, ...] = ()
    media: tuple[MediaUse, ...] = ()
    sounds: Sounds = Sounds()
    notices: tuple[Notice, ...] = ()
    version: Literal[1] = 1


class Step(_Value):
    """What the page answers when its clock has moved.

    Attributes:
        still_until: seconds; the picture is known not to change before this time. None: not known.
        notices: warnings that are new since the step before.
    """

    still_until: float | None = None
    notices: tuple[Notice, ...] = ()
