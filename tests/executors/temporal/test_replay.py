"""Renders that began under older code go on under this one: what the server has kept of them leads to the same steps again."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from framewright.executors.temporal import sandbox
from framewright.executors.temporal.flow import RenderWorkflow
from framewright.executors.temporal.part import PartWorkflow
from framewright.executors.temporal.sandbox import workflow_runner

_FOLDER = Path(__file__).with_name("histories")
_HISTORIES = sorted(_FOLDER.glob("*.json"))


def replayer() -> Replayer:
    return Replayer(
        workflows=[RenderWorkflow, PartWorkflow],
        data_converter=pydantic_data_converter,
        workflow_runner=workflow_runner(),
    )


@pytest.mark.parametrize("path", _HISTORIES, ids=lambda path: path.stem)
async def test_what_was_recorded_is_followed(path: Path) -> None:
    # Children are named after their parent, whose own name no history holds.
    history = WorkflowHistory.from_json(f"render-{path.stem.removesuffix('-0')}", path.read_text())
    await replayer().replay_workflow(history)


async def test_a_history_of_other_steps_is_noticed() -> None:
    text = (_FOLDER / "sound-and-chunks.json").read_text()
    changed = text.replace('"name":"mix_sound"', '"name":"mix_music"')
    assert changed != text
    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(WorkflowHistory.from_json("render-recorded", changed))


def test_nothing_of_the_machine_is_in_them() -> None:
    assert len(_HISTORIES) >= 11
    for path in _HISTORIES:
        events = json.loads(path.read_text())["events"]
        text = path.read_text()
        identities = {value for event in events for value in _values(event, "identity")}
        assert identities <= {"somebody", ""}, path.name
        assert not [trace for event in events for trace in _values(event, "stackTrace") if trace], path.name
        for word in ("/home/", "/root/", "/usr/", "/tmp/", "site-packages"):
            assert word not in text, path.name
        assert f'"{socket.gethostname()}"' not in text


def test_the_sandbox_loads_all_workflow_code_and_nothing_else_anew() -> None:
    """What calls the workflow's own functions is checked by the sandbox; all else is shared with the process."""
    folder = Path(sandbox.__file__).parent
    asks = {
        path.stem for path in folder.glob("*.py") if "from temporalio import workflow\n" in path.read_text()
    }
    loaded = set(sandbox._OF_WORKFLOWS)
    assert asks <= loaded
    shared = workflow_runner().restrictions.passthrough_modules
    assert not {f"framewright.executors.temporal.{name}" for name in loaded} & shared
    assert {
        "framewright.render",
        "framewright.executors.local",
        "framewright.executors.temporal.values",
    } <= shared


def _values(part: object, name: str) -> list[str]:
    if isinstance(part, list):
        return [found for one in part for found in _values(one, name)]
    if isinstance(part, dict):
        here = [part[name]] if isinstance(part.get(name), str) else []
        return here + [found for one in part.values() for found in _values(one, name)]
    return []
