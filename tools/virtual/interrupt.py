"""Ctrl-C to a running board: the signal, if its program takes it as one.

A chip raises KeyboardInterrupt while Ctrl-C is its interrupt character (micropython.kbd_intr(3))
and hands the byte on otherwise.  On unix the VM takes SIGINT in the first case, but in the second
it would be ended by it, so the kernel is asked which it is, with the process held meanwhile.
"""

import os
import signal
import time
from pathlib import Path

_HOLD_S = 0.1


def interrupt(pid: int) -> bool:
    """True if the process takes SIGINT and has been sent it."""
    try:
        os.kill(pid, signal.SIGSTOP)
    except ProcessLookupError:
        return False
    try:
        takes_it = _takes_interrupt(pid)
        if takes_it:
            os.kill(pid, signal.SIGINT)
        return takes_it
    finally:
        os.kill(pid, signal.SIGCONT)


def _takes_interrupt(pid: int) -> bool:
    until = time.monotonic() + _HOLD_S
    while time.monotonic() < until:
        status = _status(pid)
        if status.get("State", "T")[0] == "T":
            caught = int(status.get("SigCgt", "0"), 16)
            return bool(caught & 1 << (signal.SIGINT - 1))
    return False


def _status(pid: int) -> dict[str, str]:
    """The kernel's words about a process; empty where it has none to give."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
