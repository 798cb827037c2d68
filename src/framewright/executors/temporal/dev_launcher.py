"""Becomes the development server: run as a script of its own by ``dev_server``, imports nothing of ours.

Its arguments are the pid of the process that must outlive the server, and the server's command.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, then become the server."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it died before the signal was set up
        os._exit(1)
    os.execv(command[0], command)  # noqa: S606 -- that is its whole purpose


if __name__ == "__main__":
    main()
