"""Which families the page gets that it names without a link: those that its text asks for and that are nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.composition.web_fonts import provide_families
from framewright.render.choice import Choice

if TYPE_CHECKING:
    from framewright.model.composition import Notice
    from framewright.render.theatre import Performance, Theatre


async def provide_fonts(
    theatre: Theatre, first: Performance
) -> tuple[Performance, tuple[Choice, ...], tuple[Notice, ...]]:
    """Look at the fonts of the first page; where it lacks families that we can give, open it anew with them.

    Anew, for scripts that wait for ``document.fonts`` and then measure must find what they would find with a link.

    Returns:
        The page that stands now, what was decided, and what could not be had.

    Raises:
        FramewrightError: as :meth:`~framewright.render.theatre.Theatre.open`.
    """
    lacking = await first.look_at_fonts()
    remote = theatre.house.remote
    if not lacking or remote is None:
        return first, (), ()
    provided = await provide_families(lacking, remote)
    if not provided.families:
        return first, (), provided.notices
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
    return again, (choice,), provided.notices
