"""Documents and lists of things in a folder that many machines write to. All of it blocks."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from framewright.stores.blobs import PARTIAL, partial_in
from framewright.stores.names import is_name
from framewright.stores.store import StoredThing
from framewright.stores.threads import StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from threading import Event

_LINKLESS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
# For which a document may be empty whose writer works on a disk without links; he has died if it takes longer.
_WRITING_SECONDS = 60.0


def commit(target: Path, document: bytes) -> bool:
    """Write a document, unless there is one; whether it was written.

    Raises:
        OSError: the folder cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_in(target.parent)
    try:
        with partial.open("xb") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, target)
        except FileExistsError:
            # Over NFS the answer to a link that was made can be lost: then it exists, and is ours.
            return partial.stat().st_nlink == 2 or (_is_forsaken(target) and _written_alone(target, document))
        except OSError as error:
            if error.errno not in _LINKLESS:
                raise
            return _written_alone(target, document)
        return True
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def _written_alone(target: Path, document: bytes) -> bool:
    """As good as it gets without links: whoever reads meanwhile finds an empty file, which is none."""
    if _is_forsaken(target):
        target.unlink(missing_ok=True)
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return False
    try:
        os.write(descriptor, document)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return True


def _is_forsaken(target: Path) -> bool:
    with contextlib.suppress(OSError):
        facts = target.stat()
        return facts.st_size == 0 and time.time() - facts.st_mtime > _WRITING_SECONDS
    return False


def read(target: Path) -> bytes | None:
    """A document; None: there is none.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return target.read_bytes() or None
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def refresh(path: Path) -> None:
    """Let a file be as young as one that was written now.

    Raises:
        OSError: it may not be written.
    """
    os.utime(path)


def things(root: Path, prefix: str, stop: Event) -> tuple[StoredThing, ...]:
    """Everything whose name begins with this, in order of the names.

    Raises:
        OSError: a folder cannot be read.
        StoppedError: the event was set.
    """
    above = prefix.rpartition("/")[0]
    if above and not is_name(above):
        return ()
    found = []
    for name, entry in _entries(root / above, f"{above}/" if above else "", stop):
        if name.startswith(prefix) and is_name(name):
            with contextlib.suppress(FileNotFoundError):
                facts = entry.stat(follow_symlinks=False)
                found.append(StoredThing(name, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC)))
    return tuple(sorted(found, key=lambda thing: thing.name))


def remove(targets: Iterable[Path], stop: Event) -> None:
    """Remove files; harmless where one is not there.

    Raises:
        OSError: a folder may not be written.
        StoppedError: the event was set.
    """
    for target in targets:
        if stop.is_set():
            raise StoppedError
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            target.unlink()


def tidy(root: Path, before: float, stop: Event) -> None:
    """Remove what is not whole and never will be, for its writer has died before this time in seconds since 1970.

    Raises:
        OSError: a folder cannot be read.
        StoppedError: the event was set.
    """
    for name, entry in _entries(root, "", stop):
        if name.rpartition("/")[2].startswith(PARTIAL):
            with contextlib.suppress(OSError):
                if entry.stat(follow_symlinks=False).st_mtime < before:
                    os.unlink(entry.path)


def _entries(folder: Path, above: str, stop: Event) -> Iterator[tuple[str, os.DirEntry[str]]]:
    waiting = [(os.fspath(folder), above)]
    while waiting:
        path, name = waiting.pop()
        if stop.is_set():
            raise StoppedError
        try:
            entries = list(os.scandir(path))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, f"{name}{entry.name}/"))
            elif entry.is_file(follow_symlinks=False):
                yield f"{name}{entry.name}", entry
