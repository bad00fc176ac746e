"""Nothing is left running, however the supervisor of a fleet ends."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from bare_boards import fleet_of, needs_micropython, wait_until, wait_until_running

from tools.setup import PROJECT

pytestmark = needs_micropython

SUPERVISOR = r"""
import time
from tools.virtual.fleet import Fleet

busy = {{"main.py": "import time\nwhile True: time.sleep(1)"}}  # never looks at its serial port
with Fleet(3, firmware=None, boot_ms=0, files=busy) as fleet:
    fleet.power_on()
    while not all(board.is_running for board in fleet.boards):
        time.sleep(0.01)
    print(*[board.pid for board in fleet.boards], fleet.air.pid, fleet.folder, flush=True)
    {then}
"""


def is_gone(pid: int) -> bool:
    """True if there is no such process any more, or only what its parent has not buried yet."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
    return "State:\tZ" in status


class Supervisor:
    """A fleet in a process of its own."""

    def __init__(self, then: str = "time.sleep(60)"):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR.format(then=then)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        *pids, folder = self.process.stdout.readline().split()
        self.pids = [int(pid) for pid in pids]
        self.folder = Path(folder)

    def end(self) -> str:
        _, words = self.process.communicate(timeout=20)
        return words


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_supervisor_ends_boards_and_air(kind):
    supervisor = Supervisor()
    assert len(supervisor.pids) == 4
    assert not any(is_gone(pid) for pid in supervisor.pids)
    supervisor.process.send_signal(kind)
    supervisor.end()
    wait_until(lambda: all(is_gone(pid) for pid in supervisor.pids), "the end of the fleet")
    if kind == signal.SIGINT:
        assert not supervisor.folder.exists()
    shutil.rmtree(supervisor.folder, ignore_errors=True)  # the others had no time for it


@pytest.mark.parametrize("then", ["1/0", "pass", "import sys; sys.exit(3)"])
def test_leaving_the_block_ends_everything_and_removes_the_files(then):
    supervisor = Supervisor(then)
    words = supervisor.end()
    assert all(is_gone(pid) for pid in supervisor.pids)
    assert not supervisor.folder.exists()
    assert ("ZeroDivisionError" in words) == (then == "1/0")


def test_a_board_that_is_killed_leaves_nothing_and_the_others_go_on():
    with fleet_of(2) as fleet:
        fleet.power_on()
        for board in fleet.boards:
            wait_until_running(board)
        pid = fleet.boards[0].pid
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_gone(pid) and not fleet.boards[0].is_running)
        assert fleet.boards[1].is_running


def test_a_child_whose_parent_is_gone_already_does_not_start():
    script = "from tools.virtual import guard; guard.die_with_parent(1 << 30); print('started')"
    child = [sys.executable, "-c", script]
    assert subprocess.run(child, capture_output=True, cwd=PROJECT, check=True).stdout == b""
