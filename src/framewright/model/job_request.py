"""What a render service is asked for, as it travels: the composition, the options of a render, and whom to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_PATH = 1024
"""Letters of a path or an address."""
LONGEST_HTML = 2**20
"""Letters of a page that is written into a request; larger ones are uploaded."""
MOST_FILES_BESIDE = 32
"""Subtitles, and tracks of sound, of one request."""

ID_PATTERN = r"^[a-z2-7]{26}$"
"""Ids of jobs and uploads: 128 random bits, so that nobody guesses another's."""

_Path = Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]
# A number in quotes, or 1 for true, is more likely a mistake than a wish.
_Flag = Annotated[bool, Field(strict=True)]
_Whole = Annotated[int, Field(strict=True)]
_Number = Annotated[float, Field(strict=True)]
_Line = Annotated[str, Field(min_length=1, max_length=4 * LONGEST_PATH)]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _exactly_one(schema: dict[str, JsonValue]) -> None:
    """Say in the schema what the validator below refuses."""
    kinds = ("upload", "path", "html", "url")
    schema["oneOf"] = [
        {
            "title": kind,
            "required": [kind],
            "properties": {
                **{other: {"type": "string" if other == kind else "null"} for other in kinds},
                **({} if kind == "upload" else {"page": {"type": "null"}}),
            },
        }
        for kind in kinds
    ]


class CompositionSource(_Value):
    """Where the composition comes from: exactly one of ``upload``, ``path``, ``html`` and ``url``.

    Attributes:
        upload: the id of an uploaded project.
        path: a folder with an ``index.html``, or an HTML file, relative to one of the roots that the service opens.
        html: the page itself; it stands alone, without files beside it.
        url: of ``http`` or ``https``, where the service opens such.
        page: in an upload, the HTML file to render; None: its ``index.html``.
    """

    model_config = ConfigDict(json_schema_extra=_exactly_one)

    upload: Annotated[str, Field(pattern=ID_PATTERN)] | None = None
    path: _Path | None = None
    html: Annotated[str, Field(min_length=1, max_length=LONGEST_HTML)] | None = None
    url: _Path | None = None
    page: _Path | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [name for name in ("upload", "path", "html", "url") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of upload, path, html and url")
        if self.page is not None and self.upload is None:
            raise ValueError("page names a file of an upload")
        return self


class Webhook(_Value):
    """Whom to tell of a job. The host must be one that the service allows.

    Attributes:
        url: of ``https``, or of ``http`` where the service allows that.
        events: what is told; the ends of a job by default.
    """

    url: _Path
    events: Annotated[
        tuple[Literal["queued", "started", "planned", "done", "failed", "cancelled"], ...],
        Field(min_length=1, max_length=6),
    ] = ("done", "failed", "cancelled")


class ProbeOptions(_Value):
    """The options of a probe, by the names of :class:`~framewright.render.options.ProbeWishes`; each may be left out.

    Files beside the page, such as subtitles, are named relative to the project and lie in it. Variables are an object:
    a service reads no files that a request names.

    Attributes:
        page_timeout: seconds that the page may take to load, and that one frame may take; None: as the service has it. A
            setting of the machine that renders, and so none of the options of a render.
    """

    fps: Annotated[str, Field(max_length=32)] | Annotated[float, Field(gt=0, strict=True)] | None = None
    width: _Whole | None = None
    height: _Whole | None = None
    duration: _Number | None = None
    scale: _Number | None = None
    start_frame: _Whole | None = None
    end_frame: _Whole | None = None
    mode: Literal["seek", "run", "auto"] | None = None
    strict: _Flag | None = None
    variables: dict[str, JsonValue] | None = None
    subtitles: Annotated[tuple[_Line, ...], Field(max_length=MOST_FILES_BESIDE)] | None = None
    subtitles_mode: Literal["burn", "track"] | None = None
    audio_tracks: Annotated[tuple[_Line, ...], Field(max_length=MOST_FILES_BESIDE)] | None = None
    skip_audio: _Flag | None = None
    page_timeout: Annotated[float, Field(gt=0, strict=True)] | None = None

    def given(self) -> Mapping[str, JsonValue]:
        """The options that were given, by name."""
        return self.model_dump(mode="json", exclude_none=True, include=set(ProbeOptions.model_fields))


class ProbeRequest(ProbeOptions):
    """Look at a composition without rendering it."""

    composition: CompositionSource


class RenderOptionsWire(ProbeOptions):
    """The options of a render, by the names of :class:`~framewright.render.options.RenderWishes`."""

    format: Literal["mp4", "mov", "webm", "gif", "png-sequence"] | None = None
    codec: Literal["h264", "h265", "vp9", "av1", "prores"] | None = None
    quality: Literal["draft", "standard", "high"] | None = None
    crf: _Number | None = None
    bitrate: Annotated[str, Field(max_length=32)] | _Whole | None = None
    workers: _Whole | Literal["auto"] | None = None
    chunks: _Whole | Literal["auto"] | None = None
    chunk_frames: _Whole | None = None
    resume: _Flag | None = None
    capture: Literal["auto", "stream", "screenshot"] | None = None
    alpha: _Flag | None = None
    loudness: _Number | None = None
    hdr: Literal["auto", "off", "pq", "hlg"] | None = None

    def given(self) -> Mapping[str, JsonValue]:
        """The options that were given, by name."""
        return self.model_dump(mode="json", exclude_none=True, include=set(RenderOptionsWire.model_fields))


class PlanRequest(RenderOptionsWire):
    """Plan a composition, for chunks that the caller asks for one by one."""

    composition: CompositionSource


class RenderRequest(RenderOptionsWire):
    """Render a composition.

    Attributes:
        name: what people shall call it; None: as the composition is called.
        webhook: whom to tell.
    """

    composition: CompositionSource
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    webhook: Webhook | None = None
