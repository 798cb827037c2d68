"""What the jobs of services are called in the store, and their workflows on Temporal's server."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from framewright.model.job_request import ID_PATTERN
from framewright.stores import digest_of

if TYPE_CHECKING:
    from datetime import datetime

JOBS = "service/jobs/"
"""How the names of all documents of jobs begin; the id of the job follows, so that what is one job's goes together."""

# In the order in which stores sort names, so that the latest job comes first.
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_TIME_LETTERS = 9
_ALL_LETTERS = 26
_ID = re.compile(ID_PATTERN)
_ATTEMPT = re.compile(r"(begun|end)-([1-9][0-9]{0,5})\.json")


def new_job(at: datetime) -> str:
    """The id of a job that was asked for at this time: the later, the earlier in order of names; 85 random bits follow."""
    left = (1 << 5 * _TIME_LETTERS) - 1 - round(at.timestamp() * 1000)
    time = "".join(_LETTERS[left >> 5 * place & 31] for place in reversed(range(_TIME_LETTERS)))
    return time + "".join(secrets.choice(_LETTERS) for _ in range(_ALL_LETTERS - _TIME_LETTERS))


def is_job(written: str) -> bool:
    """Whether a job can be called so: other words never become a part of a name in the store."""
    return _ID.fullmatch(written) is not None


def folder_of(job: str) -> str:
    """Where all documents of a job lie."""
    return f"{JOBS}{job}/"


def order_document(job: str) -> str:
    """What was asked for. It begins the first attempt, too."""
    return f"{JOBS}{job}/order.json"


def begun_document(job: str, attempt: int) -> str:
    """That somebody wants another attempt."""
    return f"{JOBS}{job}/begun-{attempt}.json"


def end_document(job: str, attempt: int) -> str:
    """What became of an attempt: the first one that says so is right."""
    return f"{JOBS}{job}/end-{attempt}.json"


def key_document(owner: str, key: str) -> str:
    """Which job a caller's own key stands for."""
    digest = digest_of(f"{owner}\0{key}".encode())
    return f"service/keys/{digest[:2]}/{digest}.json"


def upload_document(upload: str) -> str:
    """What an upload is, for services that did not take it themselves."""
    return f"service/uploads/{upload}.json"


def attempt_of(document: str) -> tuple[str, int] | None:
    """``begun`` or ``end`` with the attempt, of the last part of a name; None: it is neither."""
    found = _ATTEMPT.fullmatch(document)
    return None if found is None else (found[1], int(found[2]))


def workflow_of(job: str, attempt: int) -> str:
    """The workflow of an attempt. Each has its own: to cancel one job ends no other's, whatever plan they share."""
    return f"render-job-{job}-{attempt}"
