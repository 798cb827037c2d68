"""A render that a service does: sent, begun, followed, fetched, and named when it is whole."""

from __future__ import annotations

import os
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from framewright.client.calling_off import begin, call_off
from framewright.client.listening import listen
from framewright.client.placing import is_local, place
from framewright.client.problems import cancelled, error_of_job
from framewright.client.relay import Relay
from framewright.client.taking_home import fill
from framewright.client.transport import Ask
from framewright.client.wishes import original_names
from framewright.media import OutputFile
from framewright.model.errors import UsageError
from framewright.model.events import Finished, Stage
from framewright.model.job import CancelledTold, Done, Failed, Job, JobState
from framewright.model.job_request import RenderRequest
from framewright.model.output import Format
from framewright.model.report import Decision, RenderReport
from framewright.render.output_choice import SUFFIXES, choose_kind
from framewright.render.planning.limits import check_wishes
from framewright.render.threads import in_thread, past_stopping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from framewright.client.placing import Composition
    from framewright.client.transport import Transport
    from framewright.client.wishes import Wishes
    from framewright.model.job_request import Webhook
    from framewright.render.telling import Teller

_End = Done | Failed | CancelledTold


@dataclass(frozen=True, slots=True)
class Begun:
    """A job that a service has.

    Attributes:
        names: what its caller calls the files that options name, by their names in the project.
    """

    job: Job
    names: Mapping[str, str]


async def begin_there(
    transport: Transport,
    composition: Composition,
    wishes: Wishes,
    teller: Teller,
    *,
    key: str,
    name: str | None = None,
    webhook: Webhook | None = None,
    output: Path | None = None,
) -> Begun:
    """Send what is needed, and have a job begin.

    Raises:
        FramewrightError: what keeps it from beginning; nothing has begun then.
    """
    placed = await place(transport, composition, wishes, teller, output=output)
    request = wishes.request(
        RenderRequest,
        placed.source,
        placed.renamed,
        name=name,
        webhook=None if webhook is None else webhook.model_dump(mode="json"),
    )
    job = await begin(transport, request, key, teller)
    names = {} if placed.renamed is None else original_names(placed.renamed, wishes.beside)
    return Begun(job, names)


async def render_there(
    transport: Transport,
    composition: Composition,
    output: Path,
    wishes: Wishes,
    teller: Teller,
    *,
    key: str,
    name: str | None = None,
) -> RenderReport:
    """Render on a service, to a file of this machine. Whatever ends it before the job has ended ends the job.

    Raises:
        FramewrightError: as for :func:`framewright.render`, and what the service refuses.
    """
    relay = Relay(teller, transport.base)
    container = choose_kind(output, wishes.options).format
    if is_local(composition):
        # What can be refused without a page is refused before anything is sent.
        await in_thread(lambda: check_wishes(output, wishes.options))
    relay.stage(Stage.OPENING)
    with OutputFile(output, folder=container is Format.PNG_SEQUENCE) as target:
        begun = await begin_there(
            transport,
            composition,
            replace(wishes, options=replace(wishes.options, format=container)),
            teller,
            key=key,
            name=name,
            output=output,
        )
        relay.began(begun.job)
        try:
            last = await _hear(transport, begun.job.id, relay)
        except BaseException:
            await call_off(transport, begun.job.id, teller)
            raise
        done = await _outcome(transport, begun.job.id, last)
        return await _named(
            transport, begun.job.id, done, target, relay=relay, teller=teller, names=begun.names
        )
    raise AssertionError("unreachable")


async def _named(
    transport: Transport,
    job: str,
    done: Done,
    target: OutputFile,
    *,
    relay: Relay,
    teller: Teller,
    names: Mapping[str, str],
) -> RenderReport:
    """Fetch the output, give it its name, and tell the account."""
    relay.stage(Stage.FINISHING)
    await fill(transport, f"/v1/renders/{job}/output", done.output, target)
    await past_stopping(target.commit)
    relay.finish()
    report = _as_ours(done.report, target.target, names, teller)
    teller.tell(Finished(report=report))
    return report


async def collect_there(transport: Transport, job: Job, output: Path, teller: Teller) -> RenderReport:
    """Follow a job that somebody has begun to its end, and fetch its output. Whatever ends this earlier leaves the job alone.

    Raises:
        UsageError: ``FORMAT_CONTRADICTS`` the output is named like another format.
        FramewrightError: what the job has failed with; as :func:`~framewright.client.taking_home.fill`.
        RenderCancelledError: somebody has cancelled it.
    """
    relay = Relay(teller, transport.base)
    container = format_of(job)
    told = SUFFIXES.get(output.suffix.lower())
    if told is not None and told is not container:
        raise UsageError(
            f"'{output.name}' is the name of a {told} file, and the render is of {container}: change -o.",
            code="FORMAT_CONTRADICTS",
        )
    relay.stage(Stage.OPENING)
    with OutputFile(output, folder=container is Format.PNG_SEQUENCE) as target:
        done = await _outcome(transport, job.id, await _hear(transport, job.id, relay))
        return await _named(transport, job.id, done, target, relay=relay, teller=teller, names={})
    raise AssertionError("unreachable")


def format_of(job: Job) -> Format:
    """What a job writes; a service that is told nothing writes mp4."""
    return Format(job.request.format or Format.MP4)


async def _hear(transport: Transport, job: str, relay: Relay) -> _End | None:
    """Its last word; None where it is not told any more."""
    last: _End | None = None
    async with aclosing(listen(transport, job, on_away=relay.away)) as story:
        async for told in story:
            event = told.told
            if isinstance(event, Done | Failed | CancelledTold):
                last = event
            else:
                relay.take(event)
    return last


async def _outcome(transport: Transport, job: str, last: _End | None) -> Done:
    match last:
        case Done():
            return last
        case Failed(error=error):
            raise error_of_job(error)
        case CancelledTold():
            raise cancelled(job)
    return await done_of(transport, job)


async def done_of(transport: Transport, job: str) -> Done:
    """How a job has ended whose story is not told any more. Raises what :func:`follow` does."""
    found = await transport.ask(Ask(method="GET", path=f"/v1/renders/{job}"), Job)
    if found.error is not None:
        raise error_of_job(found.error)
    if found.state is JobState.CANCELLED or found.output is None:
        raise cancelled(job)
    report = await transport.ask(Ask(method="GET", path=f"/v1/renders/{job}/report"), RenderReport)
    return Done(report=report, output=found.output)


def _as_ours(report: RenderReport, output: Path, names: Mapping[str, str], teller: Teller) -> RenderReport:
    """The account, with the names of this machine, and with what was decided and warned of here."""
    decisions = tuple(Decision(**one.model_dump(exclude={"event"})) for one in teller.decisions)
    told = os.fsencode(output).decode("utf-8", "backslashreplace")
    notices = (*(one for one in teller.notices if one not in report.notices), *report.notices)
    subtitles = tuple(one.model_copy(update={"path": _own_name(one.path, names)}) for one in report.subtitles)
    return report.model_copy(
        update={
            "output": report.output.model_copy(update={"path": told}),
            "decisions": (*decisions, *report.decisions),
            "notices": notices,
            "subtitles": subtitles,
        }
    )


def _own_name(path: str, names: Mapping[str, str]) -> str:
    """What the caller calls a file; a service may tell it with the folder in which the project lies there."""
    own = (mine for sent, mine in names.items() if path == sent or path.endswith(f"/{sent}"))
    return next(own, path)
