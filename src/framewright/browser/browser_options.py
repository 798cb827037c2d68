"""How a browser is started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.fonts import FontSet
    from framewright.model.size import Size


@dataclass(frozen=True, slots=True)
class BrowserOptions:
    """How a browser is started.

    Attributes:
        program: a headless shell, or another Chromium with ``frame_control`` off.
        size: the page in CSS pixels.
        scale: device pixels per CSS pixel.
        frame_control: draw only when told to.
        sandbox: None: used wherever it can work.
        memory_limit: bytes that its processes may use together; None: no limit.
        tmpdir: where its profile lives; None: the system's choice.
        origin: the only one that the browser may reach by itself, such as ``http://127.0.0.1:43210``; None: any.
        flags: more flags, after ours.
        fonts: all that it sees; None: what the machine has, as the machine has set it up.
        framing: how messages lie on the debugging pipe.
    """

    program: Path
    size: Size
    scale: float = 1.0
    frame_control: bool = True
    sandbox: bool | None = None
    memory_limit: int | None = None
    tmpdir: Path | None = None
    origin: str | None = None
    flags: tuple[str, ...] = ()
    fonts: FontSet | None = None
    framing: Literal["cbor", "json"] = "cbor"
