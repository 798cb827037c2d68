"""The digests of files, remembered for as long as nobody touches the files: large ones are read once on a machine."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from typing import TYPE_CHECKING, NamedTuple, Self

from blake3 import blake3

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_NAME = "digests-1.json"
_PIECE = 1 << 20
_DIGEST_LENGTH = 64
_MOST_ENTRIES = 4096
# A file may be written again within the step of its disk's clock, and look untouched.
_SETTLED_SECONDS = 2.0


class ChangedFileError(OSError):
    """A file was written while it was read, so that its digest would be of nothing that ever was."""


class StoppedReadingError(OSError):
    """Somebody has said that the digest is not needed any more."""


class FileDigest(NamedTuple):
    """What a file holds: its BLAKE3 digest in hexadecimal, and its size in bytes."""

    digest: str
    bytes: int


class KnownDigests:
    """Tells digests of files, and remembers them by path, size, times and inode. A context manager, which keeps the notes.

    All notes lie in one file, for opening many costs more than reading them. Several processes may share it: who keeps
    his last wins, and what the other learnt is learnt again. Where it cannot be written nothing is remembered.

    Args:
        folder: of the notes.

    Attributes:
        bytes_read: of all files that had to be read.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME
        self._notes: dict[str, list[int | str]] = {}
        self._fresh: dict[str, list[int | str]] = {}
        self._stopped = False
        self.bytes_read = 0

    def stop(self) -> None:
        """Let whatever is being read, in any thread, end with :class:`StoppedReadingError`."""
        self._stopped = True

    def __enter__(self) -> Self:
        self._notes = self._load()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fresh:
            with contextlib.suppress(OSError):
                self._keep()

    def of(self, path: Path, *, linked: bool = False) -> FileDigest:
        """The digest of a file.

        Args:
            linked: it may get other names meanwhile, which changes one of its times and nothing in it.

        Raises:
            ChangedFileError: it was written while it was read.
            StoppedReadingError: :meth:`stop` was called.
            OSError: it cannot be read.
        """
        facts = path.stat()
        token = _identity(facts, linked=linked)
        name = os.fspath(path.absolute())
        note = self._notes.get(name)
        if note is not None and note[:-1] == token and len(str(note[-1])) == _DIGEST_LENGTH:
            return FileDigest(str(note[-1]), facts.st_size)
        began = time.time()
        found = self._read(path)
        newest = facts.st_mtime if linked else max(facts.st_mtime, facts.st_ctime)
        if newest < began - _SETTLED_SECONDS:
            self._notes[name] = self._fresh[name] = [*token, found.digest]
        return found

    def _read(self, path: Path) -> FileDigest:
        digest = blake3()
        size = 0
        with path.open("rb") as file:
            before = _identity(os.fstat(file.fileno()), linked=True)
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                if self._stopped:
                    raise StoppedReadingError(f"{path} is not needed any more")
            if _identity(os.fstat(file.fileno()), linked=True) != before:
                raise ChangedFileError(f"{path} was written while it was read")
        self.bytes_read += size
        return FileDigest(digest.hexdigest(), size)

    def _load(self) -> dict[str, list[int | str]]:
        try:
            said = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        whole = isinstance(said, dict) and all(isinstance(note, list) and note for note in said.values())
        return said if whole else {}

    def _keep(self) -> None:
        # Whatever others have learnt since, with what is new behind it, so that the oldest goes first.
        notes = {name: note for name, note in self._load().items() if name not in self._fresh} | self._fresh
        kept = dict(list(notes.items())[-_MOST_ENTRIES:])
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_name(f".{self._path.name}-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            # Names that are no UTF-8 are escaped like all that is no ASCII.
            partial.write_text(json.dumps(kept, separators=(",", ":")), encoding="ascii")
            partial.replace(self._path)
        finally:
            partial.unlink(missing_ok=True)


def _identity(facts: os.stat_result, *, linked: bool) -> list[int | str]:
    changed = 0 if linked else facts.st_ctime_ns
    return [facts.st_size, facts.st_mtime_ns, changed, facts.st_ino, facts.st_dev]
