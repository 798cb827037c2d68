"""What things are called: queues that workers listen to, workflows, and documents in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framewright.model.plan import Digest

BASE_QUEUE = "framewright"
RENDER_WORKFLOW = "framewright-render"
PART_WORKFLOW = "framewright-part"
STANDING = "standing"
"""The query of both workflows."""
CANCEL = "cancel"
SET_PRIORITY = "set_priority"
"""Signals of both workflows."""
_DIGITS = 16
_CHUNK = "chunk-"


def chunk_queue(base: str, environment: Digest) -> str:
    """Where chunks wait for a worker that draws and encodes like the plan's environment."""
    return f"{base}-chunks-{environment[:_DIGITS]}"


def join_queue(base: str, environment: Digest) -> str:
    """Where the sound and the last step wait for such a worker, so that they need not wait for chunks of others."""
    return f"{base}-joins-{environment[:_DIGITS]}"


def workflow_of(plan: Digest) -> str:
    """The workflow that renders a plan, by the plan's own digest: asked for twice, it runs once."""
    return f"render-{plan}"


def project_workflow_of(manifest: Digest) -> str:
    """The workflow that plans and renders a project, by the digest of the list of its files and options."""
    return f"render-project-{manifest}"


def part_of(workflow: str, number: int) -> str:
    """A child of a workflow, which sees to some of the chunks."""
    return f"{workflow}-part-{number}"


def chunk_activity(index: int) -> str:
    """The activity that renders a chunk; whoever looks at a workflow tells by it which one."""
    return f"{_CHUNK}{index}"


def chunk_of(activity: str) -> int | None:
    """The chunk that an activity renders; None: it does something else."""
    index = activity.removeprefix(_CHUNK)
    return int(index) if index != activity and index.isdecimal() else None


def piece_document(key: Digest) -> str:
    """Where the account of a chunk's piece stands."""
    return f"pieces/{key[:2]}/{key}.json"


def sound_document(key: Digest) -> str:
    """Where the account of a sound stands."""
    return f"sounds/{key[:2]}/{key}.json"


def output_document(plan: Digest) -> str:
    """Where it stands what a render's finished file is."""
    return f"outputs/{plan[:2]}/{plan}.json"


def blob_of(digest: Digest) -> str:
    """Where the bytes of a digest lie."""
    return f"blobs/{digest[:2]}/{digest}"


def run_document(run: str, key: Digest) -> str:
    """Where it stands that a run of a workflow has made a piece itself: for renders that use none of earlier ones."""
    return f"runs/{run}/{key}.json"


def cuts_document(video: Digest) -> str:
    """Where it stands how the pictures of a digest were cut before."""
    return f"cuts/{video[:2]}/{video}.json"
