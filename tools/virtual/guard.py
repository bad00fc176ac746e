"""Makes a child process end with the process that started it, however that one ends.

A board does the same in vm/_mount.py.  Linux only; elsewhere a child ends when its input does.
"""

import contextlib
import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Call first thing in the child.  parent: the process id it was started by."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)  # it died before the line above
