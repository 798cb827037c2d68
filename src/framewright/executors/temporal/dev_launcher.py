"""Becomes the development server, or its worker: run as a script of its own, imports nothing of ours.

Its arguments are the pid of the process that must outlive it, the number of the signal that it gets when that one dies, and
the command.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, then become what was asked for."""
    parent, number, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number))
    if os.getppid() != int(parent):  # it died before the signal was set up
        os._exit(1)
    os.execv(command[0], command)  # noqa: S606 -- that is its whole purpose


if __name__ == "__main__":
    main()
