"""The process that unpacks: ``child.main(ORDER)``, whose answer stands in a file. It ends with whoever started it."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path

from .limits import Limits, RefusedError
from .tars import unpack_tar
from .tree import Tree
from .zips import unpack_zip

_PR_SET_PDEATHSIG = 1
_MEMORY = 1 << 30
_SECONDS = 600
_NICE = 5
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def unpack(archive: Path, target: Path, limits: Limits) -> dict[str, object]:
    """Unpack an archive into an empty folder, and tell its ``files``; or why it was ``refused``, or ``failed`` by no fault of its own."""
    packed = archive.stat().st_size
    tree = Tree(target, limits, packed)
    try:
        _unpack(archive, tree, limits, packed)
    except RefusedError as refused:
        return {"refused": [refused.code, refused.message]}
    except MemoryError:
        return {"refused": ["ARCHIVE_REFUSED", "The archive takes too much memory to be read."]}
    except OSError as error:
        return {"failed": [error.errno, str(error)]}
    return {"files": tree.files}


def _unpack(archive: Path, tree: Tree, limits: Limits, packed: int) -> None:
    with archive.open("rb") as file:
        if file.read(4) in _ZIP:
            unpack_zip(file, tree, limits)
        else:
            unpack_tar(file, tree, limits, packed)
    if not tree.files:
        raise RefusedError("ARCHIVE_EMPTY", "The archive holds no file: send the folder of a composition.")


def main() -> None:
    """Follow the order, a JSON object, which is the only argument that is ours."""
    order = json.loads(sys.argv[-1])
    _cage(order["parent"], order["size"])
    answer = unpack(
        Path(order["archive"]), Path(order["target"]), Limits(order["files"], order["size"], order["ratio"])
    )
    Path(order["answer"]).write_text(json.dumps(answer), encoding="utf-8")


def _cage(parent: int, largest: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the signal was set up
        os._exit(1)
    for kind, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_CORE, 0),
        # Its own answer is a file, too.
        (resource.RLIMIT_FSIZE, largest + (1 << 26)),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
    with contextlib.suppress(OSError):
        os.nice(_NICE)
