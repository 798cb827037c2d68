"""Record the histories that the workflow's replay test reads: run it when the workflow has changed on purpose.

It runs the workflow on a development server with workers that render nothing, and writes what the server kept. Nothing of
this machine is left in it. Old files stay: renders that run while workers are replaced must replay under the new code, so a
change that breaks an old file needs ``workflow.patched``, or workers with versions.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests/executors/temporal"
sys.path[:0] = [str(ROOT / "src"), str(TESTS)]

from fake_workers import Fakes, order_of, plan_of, working  # noqa: E402
from starting import start  # noqa: E402

from framewright.executors.temporal.connecting import connect, part_safely  # noqa: E402
from framewright.executors.temporal.dev_server import DevServer  # noqa: E402
from framewright.executors.temporal.names import part_of  # noqa: E402
from framewright.executors.temporal.values import ProjectReference, RenderOrder  # noqa: E402
from framewright.model.errors import BrowserError, CompositionError, FramewrightError  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from temporalio.client import Client

HISTORIES = TESTS / "histories"
_STACK = re.compile(r'"stackTrace": "(?:[^"\\]|\\.)*"')


async def main() -> None:
    logging.disable(logging.CRITICAL)  # most of them are meant to fail
    HISTORIES.mkdir(exist_ok=True)
    async with DevServer.start() as server:
        client = await connect(server.settings, identity="somebody")
        await _record(client, "sound-and-chunks", lambda q: order_of(q, 3, sound=True))
        await _record(client, "project-not-kept", _project, Fakes(planned=plan_of(2)))
        await _record(
            client,
            "corrupt",
            lambda q: order_of(q, 3, sound=True),
            Fakes(corrupt=[(1,)], corrupt_sound=[True]),
        )
        await _record(client, "retried", lambda q: order_of(q, 2), Fakes(fails=_once))
        await _record(client, "fatal", lambda q: order_of(q, 3), Fakes(fails=_fatal, holds=frozenset({0, 1})))
        await _record(client, "window", lambda q: order_of(q, 52, limits={"window": 51}))
        await _record(
            client, "deadline", lambda q: order_of(q, 2, seconds=2.0), Fakes(holds=frozenset({0, 1}))
        )
        await _record(
            client, "cancelled", lambda q: order_of(q, 3), Fakes(holds=frozenset({0, 1, 2})), cancel=True
        )
        await _record(client, "parts", lambda q: order_of(q, 5, limits={"whole": 3, "part": 3}), parts=2)
        await part_safely()


async def _record(
    client: Client,
    name: str,
    order: Callable[[str], RenderOrder],
    fakes: Fakes | None = None,
    *,
    cancel: bool = False,
    parts: int = 0,
) -> None:
    fakes = fakes or Fakes()
    async with working(client, name, fakes):
        handle = await start(client, order(name))
        if cancel:
            while not fakes.began:  # noqa: ASYNC110 -- nothing tells of it
                await asyncio.sleep(0.05)
            await handle.cancel()
        try:
            await handle.result()
        except Exception as error:  # noqa: BLE001 -- those that are meant to fail do
            print(f"{name}: {error.__cause__}")
        for number in range(parts + 1):
            child = client.get_workflow_handle(part_of(handle.id, number)) if number else handle
            _write(f"{name}-{number}" if parts else name, (await child.fetch_history()).to_json())


def _write(name: str, text: str) -> None:
    # Where an error was raised is a matter of this machine.
    clean = _STACK.sub('"stackTrace": ""', text)
    path = HISTORIES / f"{name}.json"
    path.write_text(
        json.dumps(json.loads(clean), separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8"
    )
    print(f"{path.name}: {path.stat().st_size} bytes")


def _project(queue: str) -> RenderOrder:
    project = ProjectReference(store="file:///store", manifest="b" * 64)
    return RenderOrder(project=project, queue=queue, keep_pieces=False)


def _once(index: int, attempt: int) -> FramewrightError | None:
    return BrowserError("It died.", code="BROWSER_DIED") if (index, attempt) == (1, 1) else None


def _fatal(index: int, _: int) -> FramewrightError | None:
    return CompositionError("A file is missing: a.png.", code="MISSING_FILE") if index == 2 else None


if __name__ == "__main__":
    asyncio.run(main())
