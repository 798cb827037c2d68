"""Becomes the browser: run as a script of its own by :mod:`framewright.browser.process`, imports nothing of ours.

Its arguments are the pid of the process that must outlive the browser, and the browser's command.
"""

import contextlib
import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, then become the browser."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # When memory runs out, the kernel should take the browser, not the render.
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write("800")
    if os.getppid() != int(parent):  # it died before the signal was set up
        os._exit(1)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and the browser would inherit that
    os.execv(command[0], command)  # noqa: S606 -- that is its whole purpose


if __name__ == "__main__":
    main()
