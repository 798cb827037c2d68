"""The place where a result will stand: checked before the work, filled under another name, named at the end."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from framewright.model.errors import OutputError

if TYPE_CHECKING:
    from types import TracebackType

_FRAME = re.compile(r"frame_\d{6,}\.png")
_PARTIAL = re.compile(r"\.(.+)\.\d+-[0-9a-f]+(?:\.[a-z]+)?\.part")
SOUND_NAME = "sound.wav"
"""Of the sound beside the frames of an image sequence."""


@dataclass(frozen=True, slots=True)
class FolderKind:
    """A result that is a folder.

    Attributes:
        name: as people say it, such as ``an image sequence``.
        children: what may lie in it; a folder with anything else in it is somebody else's.
    """

    name: str
    children: re.Pattern[str]


SEQUENCE = FolderKind("an image sequence", re.compile(rf"{_FRAME.pattern}|{re.escape(SOUND_NAME)}"))


class OutputFile:
    """A file, or with ``folder`` a folder, that appears under its name only when it is complete.

    Write to :attr:`partial`, a name beside the target, then :meth:`commit`. Leaving the ``with`` block without a
    commit removes what was written. A symlink is kept, and what it points at replaced. A device or a pipe is left as
    it is: the result is made in the system's temporary folder and copied into it.

    Args:
        target: the name that the result shall have.
        folder: the result is a folder; True: an image sequence.

    Raises:
        OutputError: ``OUTPUT_FOLDER_MISSING``, ``OUTPUT_READ_ONLY``, ``OUTPUT_IS_FOLDER``, ``OUTPUT_IS_FILE`` or
            ``OUTPUT_FOLDER_IN_USE``, before anything is touched; ``OUTPUT_FAILED`` for what only the system can name.
    """

    def __init__(self, target: str | os.PathLike[str], *, folder: bool | FolderKind = False) -> None:
        self.target = Path(target)
        self._folder = SEQUENCE if folder is True else folder or None
        self._place = Path(os.path.realpath(self.target))
        self._special = _is_special(self._place)
        try:
            self._check()
        except OSError as error:  # a name that is too long, a folder that may not be looked into
            raise write_error(self.target, error) from error
        parent = Path(tempfile.gettempdir()) if self._special else self._place.parent
        if not self._special:
            _sweep(parent, self._place.name)
        name = f".{self._place.name}.{os.getpid()}-{secrets.token_hex(4)}.part"
        self.partial = parent / name
        try:
            if folder:
                self.partial.mkdir()
            else:
                self.partial.touch(exist_ok=False)
            self._lock = _lock(self.partial)
        except OSError as error:
            raise write_error(self.target, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def beside(self, what: str) -> Path:
        """A name for something else that belongs to this attempt, and is swept like it."""
        return self.partial.with_name(f"{self.partial.name.removesuffix('.part')}.{what}.part")

    def adopt(self, finished: Path) -> None:
        """Take a result that was finished elsewhere for what is written here; it is moved, and copied where it lies on another disk.

        Raises:
            OutputError: ``DISK_FULL``, ``OUTPUT_READ_ONLY`` or ``OUTPUT_FAILED``.
        """
        self.discard()
        try:
            shutil.move(finished, self.partial)
            self._lock = _lock(self.partial)
        except OSError as error:
            self.discard()
            raise write_error(self.target, error) from error

    def commit(self) -> None:
        """Give the finished result its name, durably: its bytes are on the disk before its name is.

        Raises:
            OutputError: ``DISK_FULL``, ``OUTPUT_READ_ONLY`` or ``OUTPUT_FAILED``; nothing is left behind then.
        """
        try:
            if self._special:
                with self.partial.open("rb") as source, self._place.open("wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
                self.discard()
            elif self._folder:
                self._commit_folder()
            else:
                _sync(self.partial)
                os.replace(self.partial, self._place)
                _sync(self._place.parent)
        except OSError as error:
            self.discard()
            raise write_error(self.target, error) from error
        self._unlock()

    def discard(self) -> None:
        """Remove what was written, unless it was committed. Safe to call at any time, more than once."""
        self._unlock()
        _remove(self.partial)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _commit_folder(self) -> None:
        for child in self.partial.iterdir():
            _sync(child)
        _sync(self.partial)
        if self._place.exists():
            # A folder cannot be replaced in one step unless it is empty: its old frames go first.
            retired = self.partial.with_suffix(".old.part")
            os.rename(self._place, retired)
            os.rename(self.partial, self._place)
            _remove(retired)
        else:
            os.rename(self.partial, self._place)
        _sync(self._place.parent)

    def _check(self) -> None:
        place, parent = self._place, self._place.parent
        if not parent.is_dir():
            raise OutputError(
                f"The folder {parent} for the output does not exist: make it, or choose another with -o.",
                code="OUTPUT_FOLDER_MISSING",
            )
        if self._folder:
            self._check_folder(self._folder)
        elif place.is_dir():
            raise OutputError(
                f"{self.target} is a folder: name a file in it with -o.", code="OUTPUT_IS_FOLDER"
            )
        if self._special:
            return
        if not os.access(parent, os.W_OK | os.X_OK) or _mounted_read_only(parent):
            raise OutputError(
                f"The folder {parent} is read-only: choose another with -o.", code="OUTPUT_READ_ONLY"
            )

    def _check_folder(self, kind: FolderKind) -> None:
        if not self._place.exists():
            return
        if not self._place.is_dir():
            raise OutputError(
                f"{self.target} is a file, and {kind.name} is a folder: choose another name with -o.",
                code="OUTPUT_IS_FILE",
            )
        for child in self._place.iterdir():
            if not kind.children.fullmatch(child.name):
                raise OutputError(
                    f"The folder {self.target} holds other files, such as {child.name}: "
                    "choose a new or an empty folder with -o.",
                    code="OUTPUT_FOLDER_IN_USE",
                )


def write_error(target: Path, error: OSError) -> OutputError:
    """What the system said when it could not write, as an error that names the output, not its partial name."""
    partial = _PARTIAL.fullmatch(target.name)
    if partial is not None:
        target = target.with_name(partial[1])
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OutputError(
            f"The disk is full: {target} could not be finished; free some space, or choose another place with -o.",
            code="DISK_FULL",
        )
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return OutputError(
            f"{target} may not be written: choose another place with -o.", code="OUTPUT_READ_ONLY"
        )
    reason = (error.strerror or str(error)).rstrip(".")
    return OutputError(f"{target} could not be written: {reason}.", code="OUTPUT_FAILED")


def _is_special(place: Path) -> bool:
    try:
        mode = place.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _mounted_read_only(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)  # root may write everywhere but here


def remove_partials(target: str | os.PathLike[str]) -> None:
    """Remove what this process has written for ``target`` and not committed: for an end that has no time to unwind."""
    place = Path(os.path.realpath(target))
    mine = re.compile(rf"\.{re.escape(place.name)}\.{os.getpid()}-[0-9a-f]+(?:\.[a-z]+)?\.part")
    with contextlib.suppress(OSError):
        for child in list(place.parent.iterdir()):
            if mine.fullmatch(child.name):
                _remove(child)


def _sweep(folder: Path, name: str) -> None:
    """Remove what renders of the same target left when they were killed.

    The process id tells the dead; the lock protects those who live where ids mean something else, in a container
    that shares the folder.
    """
    stale = re.compile(rf"\.{re.escape(name)}\.(\d+)-[0-9a-f]+(?:\.[a-z]+)?\.part")
    with contextlib.suppress(OSError):
        for child in list(folder.iterdir()):
            match = stale.fullmatch(child.name)
            if match is None or _is_alive(int(match[1])):
                continue
            with contextlib.suppress(OSError):
                lock = _lock(child)
                _remove(child)
                if lock is not None:
                    os.close(lock)


def _lock(path: Path) -> int | None:
    """A descriptor that holds the path's lock; None where the file system knows no locks.

    Raises:
        OSError: another process holds it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno in {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}:
            raise
        return None
    return descriptor


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
