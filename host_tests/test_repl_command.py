"""`skein repl` on a virtual board, at a terminal."""

import contextlib
import os
import pty
import subprocess
import sys
import time

from bare_boards import needs_micropython
from click.testing import CliRunner

from boards import evaluate
from tools.cli import main
from tools.hardware.port import Port
from tools.setup import PROJECT
from tools.virtual.fleet import Fleet

pytestmark = needs_micropython


def test_repl_brings_a_person_to_the_prompt_of_the_running_node():
    with Fleet(1) as fleet:
        fleet.power_on()
        board = fleet.boards[0]
        Port(board.port).wait_for_prompt(30)
        name = evaluate(board, "mesh.id")
        person, terminal = pty.openpty()
        command = [sys.executable, "-m", "tools.cli", "repl", "--port", board.port]
        process = subprocess.Popen(
            command, stdin=terminal, stdout=terminal, stderr=terminal, cwd=PROJECT
        )
        os.set_blocking(person, False)
        read_until(person, b"Ctrl-]")
        os.write(person, b"mesh.id\r")
        read_until(person, f"'{name}'\r\n".encode())
        os.write(person, b"\x1d")
        assert process.wait(10) == 0
        assert board.resets == 0
        os.close(person)
        os.close(terminal)


def read_until(handle, end):
    data = b""
    until = time.monotonic() + 15
    while end not in data:
        assert time.monotonic() < until, data
        with contextlib.suppress(BlockingIOError):
            data += os.read(handle, 4096)
        time.sleep(0.02)
    return data


def test_repl_without_a_terminal_is_refused():
    result = CliRunner().invoke(main, ["repl", "--port", "/dev/nowhere"])
    assert (result.exit_code, "a prompt needs a terminal" in result.output) == (1, True)
