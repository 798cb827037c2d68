"""The same strangers, by request: the service stays up, says in one sentence what was wrong, and renders for the next one."""

import asyncio
import time
from pathlib import Path

import pytest
from serving import serving, started, story_of

from truth import hostile as pages
from truth.cages import PAGE
from truth.canary import canary


def _processes(folder: Path) -> list[str]:
    """Living processes that have a folder in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (
                entry.joinpath("cmdline").read_bytes().decode(errors="replace")
                if entry.name.isdigit()
                else ""
            )
            if str(folder) in line and " Z " not in entry.joinpath("stat").read_text():
                found.append(line.replace("\0", " ")[:200])
        except OSError:
            continue
    return found


@pytest.mark.thorough
async def test_hostile_pages_leave_a_service_that_works(tmp_path):
    data = tmp_path / "data"
    limits = {
        "FRAMEWRIGHT_SERVICE_RUN_MEMORY": "1200M",
        "FRAMEWRIGHT_SERVICE_RUN_SECONDS": "40",
        "FRAMEWRIGHT_SERVICE_DURATION": "60",
    }
    with canary() as listening:
        wicked = {
            "hungry": (pages.page(pages.HUNGRY["wasm"]), {}),
            "endless": (pages.page(pages.ENDLESS["loop"]), {"page_timeout": 3.0}),
            "nosy": (
                pages.network(listening.port, ("127.0.0.1", "canary.localhost")),
                {"page_timeout": 20.0},
            ),
            "long": (PAGE.replace('duration="1"', 'duration="61"') % "", {}),
            "fine": (PAGE % "", {}),
        }
        async with serving(data, **limits) as (_, _, web):
            jobs = {
                name: await started(web, composition={"html": page}, name=name, **options)
                for name, (page, options) in wicked.items()
            }
            asking = asyncio.create_task(_ask(web))
            ends = {name: (await story_of(web, job))[-1] for name, job in jobs.items()}
            asking.cancel()
            async with web.get("/healthz") as answer:
                assert answer.status == 200
            kept = sorted(path.name for path in (data / "work").iterdir())
        assert listening.heard == []

    # It lacks the scripts that it would have beside it.
    assert ends.pop("nosy")["event"] in {"done", "failed"}
    states = {name: end["event"] for name, end in ends.items()}
    assert states == {"hungry": "failed", "endless": "failed", "long": "failed", "fine": "done"}, ends
    assert ends["hungry"]["error"]["code"] == "RUN_MEMORY"
    assert ends["long"]["error"]["code"] == "RUN_DURATION"
    for end in ends.values():
        assert str(tmp_path) not in str(end)
    assert kept == []
    deadline = time.monotonic() + 20
    while (left := _processes(data)) and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    assert left == []


async def _ask(web) -> None:
    """Look all the time whether it answers."""
    while True:
        async with web.get("/healthz") as answer:
            assert answer.status == 200
        await asyncio.sleep(0.2)
