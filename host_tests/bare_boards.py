"""Virtual boards without Skein's firmware, for the tests of the virtual boards themselves.

A board runs PRELUDE and a few lines of a test, and tells the test what it saw over UART(1).
"""

import json
import time

import pytest

from tools.setup import SetupError
from tools.setup.micropython_runtime import find
from tools.virtual.board import VirtualBoard
from tools.virtual.fleet import Fleet

PATIENCE_S = 10

PRELUDE = """
import json, machine, network, espnow, time
wire = machine.UART(1)
ME = machine.unique_id()[5]
ALL = b"\\xff" * 6

def tell(*words):
    wire.write(json.dumps(words))

def error_of(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except Exception as error:
        return [type(error).__name__] + list(error.args)

def wait_for_word():
    while not wire.any():
        time.sleep_ms(2)
    wire.read()

def start_together():
    tell("up")
    wait_for_word()

def radio(channel=6, rxbuf=4096):
    sta = network.WLAN(network.WLAN.IF_STA)
    sta.active(True)
    sta.config(channel=channel)
    now = espnow.ESPNow()
    now.config(rxbuf=rxbuf)
    now.active(True)
    now.add_peer(ALL)
    return now
"""


def _why_not() -> str | None:
    try:
        find()
    except SetupError as error:
        return str(error)
    return None


needs_micropython = pytest.mark.skipif(_why_not() is not None, reason=str(_why_not()))


def fleet_of(count: int, app: str = "", **plan) -> Fleet:
    """Boards that boot at once and run `app` after PRELUDE; without `app` they have no main.py."""
    files = {"main.py": PRELUDE + app} if app else {}
    return Fleet(count, **{"firmware": None, "boot_ms": 0, "files": files, **plan})


def heard(fleet: Fleet, count: int = 1) -> list[list]:
    """The next `count` things that boards told, each with the board's number in front."""
    reports = []
    until = time.monotonic() + PATIENCE_S
    while len(reports) < count and time.monotonic() < until:
        report = fleet.next_uart(timeout_s=0.1)
        if report:
            board, data, _ = report
            reports.append([board.number, *json.loads(data)])
    assert len(reports) == count, f"only {reports}"
    return reports


def give_the_word(*boards: VirtualBoard) -> None:
    """End wait_for_word() of these boards."""
    for board in boards:
        board.write_uart(b"go")


def start_together(fleet: Fleet) -> None:
    """Switch on boards whose app calls start_together(); no one goes on before all are there."""
    fleet.power_on()
    heard(fleet, len(fleet.boards))
    give_the_word(*fleet.boards)


def answer(app: str, **plan):
    """What one board tells, that runs `app`."""
    with fleet_of(1, app, **plan) as fleet:
        fleet.power_on()
        return heard(fleet)[0][1:]


def wait_until(is_so, what: str = "it") -> None:
    """Wait for is_so() to be true."""
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until, f"{what} did not happen"
        time.sleep(0.01)


def wait_until_running(board: VirtualBoard) -> None:
    wait_until(lambda: board.is_running, "the start of the board")
