"""Which families the page gets that it names without a link: those that its text asks for and that are nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from framewright.composition.web_fonts import Provided, provide_families
from framewright.render.choice import Choice

if TYPE_CHECKING:
    from framewright.render.theatre import Performance, Theatre


@dataclass(frozen=True, slots=True)
class Lettered:
    """The first page with the fonts that it needs.

    Attributes:
        first: the page that stands now.
        provided: what it was given, and what could not be had.
        choices: what was decided.
    """

    first: Performance
    provided: Provided = field(default_factory=Provided)
    choices: tuple[Choice, ...] = ()


async def provide_fonts(theatre: Theatre, first: Performance) -> Lettered:
    """Look at the fonts of the first page; where it lacks families that we can give, open it anew with them.

    Anew, for scripts that wait for ``document.fonts`` and then measure must find what they would find with a link.

    Raises:
        FramewrightError: as :meth:`~framewright.render.theatre.Theatre.open`.
    """
    lacking = await first.look_at_fonts()
    remote = theatre.house.remote
    if not lacking or remote is None:
        return Lettered(first)
    provided = await provide_families(lacking, remote)
    if not provided.families:
        return Lettered(first, provided)
    theatre.give_fonts(provided.faces)
    await theatre.close(first)
    again = await theatre.open(first.size)
    await again.look_at_fonts()
    choice = Choice(
        subject="fonts",
        choice=list(provided.families),
        inputs={"lacking": list(lacking)},
        reason="the page names them without a link",
    )
    return Lettered(again, provided, (choice,))
