"""Running virtual boards for tests: the real mpremote, and the serial port as a person uses it."""

import contextlib
import os
import re
import subprocess
import sys
import time
from ast import literal_eval
from functools import cache
from pathlib import Path

from tools.mpy import compiler
from tools.mpy.names import short_names

MPREMOTE = str(Path(sys.executable).with_name("mpremote"))


def mpremote(board, *arguments: str, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    """The real mpremote on a board's port.  A silent board is a TimeoutExpired, never a hang."""
    command = [MPREMOTE, "connect", f"port:{board.port}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)


def evaluate(board, expression: str):
    """The value of an expression on a running node."""
    result = mpremote(board, "resume", "eval", f"repr({expression})")
    assert result.returncode == 0, result.stdout + result.stderr
    return literal_eval(result.stdout.strip())


def name_on_board(owner: str, name: str) -> str:
    """What a private name of a class or a module of the firmware is called on a board."""
    return _short_names().get((owner, name), name)


@cache
def _short_names():
    return short_names(compiler.prepared(compiler.sources()))


def status(board) -> dict:
    return evaluate(board, "mesh.status()")


def wait_for(condition, timeout_s: float = 30):
    """The first true answer of condition(); fails the test when there is none in time."""
    ends_at = time.monotonic() + timeout_s
    while time.monotonic() < ends_at:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.3)
    raise AssertionError(f"did not come true within {timeout_s} s")


def leader_of(boards):
    """The id that all these boards follow, or None."""
    followed = {status(board)["leader"] for board in boards}
    return followed.pop() if len(followed) == 1 else None


@contextlib.contextmanager
def serial_port(board):
    """The board's port, open as a terminal program has it."""
    handle = os.open(board.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        yield SerialPort(handle)
    finally:
        os.close(handle)


class SerialPort:
    def __init__(self, handle: int):
        self._handle = handle
        self._unread = ""

    def type(self, text: str) -> None:
        os.write(self._handle, text.encode())

    def offer(self, text: str) -> int:
        """Type what there is room for; returns how much that was."""
        with contextlib.suppress(BlockingIOError):
            return os.write(self._handle, text.encode())
        return 0

    def interrupt(self) -> None:
        """Ctrl-C, and away with all that the board printed before its new prompt."""
        self.type("\x03")
        self.read_until(">>> ")
        time.sleep(0.3)
        with contextlib.suppress(BlockingIOError):
            os.read(self._handle, 65536)
        self._unread = ""

    def ask(self, expression: str) -> str:
        """What the prompt answers, after whatever is still on its way."""
        self.type("\x03" + expression + "\r")
        return self.read_until(f"{re.escape(expression)}\r\n.*\r\n>>> ").splitlines()[-2]

    def read(self) -> str:
        """What is there."""
        with contextlib.suppress(BlockingIOError):
            return os.read(self._handle, 4096).decode(errors="replace")
        return ""

    def read_until(self, pattern: str, timeout_s: float = 15) -> str:
        """What arrived up to and with the first match of a regular expression."""
        ends_at = time.monotonic() + timeout_s
        while time.monotonic() < ends_at:
            self._unread += self.read()
            match = re.search(pattern, self._unread)
            if match:
                text, self._unread = self._unread[: match.end()], self._unread[match.end() :]
                return text
            time.sleep(0.02)
        raise AssertionError(f"{pattern!r} never came; there was {self._unread!r}")
