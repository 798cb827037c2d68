"""What a render tells while it runs: events for the caller's listener, and one log entry for each of its decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from framewright.model.batch import BatchEvent
from framewright.model.errors import CompositionError
from framewright.model.events import Decided, FellBack, RenderEvent, Stage, StageBegan, Warned
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.model.composition import Notice
    from framewright.render.choice import Choice

Listener = Callable[[RenderEvent], None]
BatchListener = Callable[[BatchEvent], None]

_log = get_logger("framewright.render")


class Teller:
    """Tells each thing once, and remembers what belongs into the report.

    Args:
        listener: called in the thread of the render; None: nobody listens. What it raises ends the render.
        strict: a warning told before the first frame is an error.
    """

    def __init__(self, listener: Listener | None, *, strict: bool = False) -> None:
        self._listener = listener
        self._strict = strict
        self._notices: dict[Notice, None] = {}
        self._decisions: list[Decided] = []

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All warnings so far, each once."""
        return tuple(self._notices)

    @property
    def decisions(self) -> tuple[Decided, ...]:
        """All automatic choices so far."""
        return tuple(self._decisions)

    def tell(self, event: RenderEvent) -> None:
        """Hand an event to the listener."""
        if self._listener is not None:
            self._listener(event)

    def stage(self, stage: Stage) -> None:
        """A stage begins."""
        self.tell(StageBegan(stage=stage))

    def decide(self, choice: Choice) -> None:
        """Tell an automatic choice, and log it with its inputs."""
        decided = choice.event()
        self._decisions.append(decided)
        _log.info(
            "decided", subject=choice.subject, choice=choice.choice, reason=choice.reason, **_inputs(choice)
        )
        self.tell(decided)

    def warn(self, notices: Iterable[Notice]) -> None:
        """Tell warnings that were not told before."""
        for notice in notices:
            if notice not in self._notices:
                self._notices[notice] = None
                _log.warning("notice", code=notice.code, message=notice.message, element=notice.element)
                self.tell(Warned(notice=notice))

    def warn_of_readiness(self, notices: Iterable[Notice]) -> None:
        """Tell warnings that concern the page before its first frame.

        Raises:
            CompositionError: ``STRICT``, when the render is strict and there is one.
        """
        found = tuple(notices)
        self.warn(found)
        if self._strict and found:
            more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
            where = f" [{found[0].element}]" if found[0].element else ""
            raise CompositionError(
                f"Not ready under --strict: {found[0].message}{where}{more}", code="STRICT"
            )

    def fall_back(self, event: FellBack) -> None:
        """Tell that something was done another way, or again. Whoever did it has logged it."""
        self.tell(event)


def _inputs(choice: Choice) -> dict[str, object]:
    return {f"input_{name}": value for name, value in choice.inputs.items()}
