"""Eight virtual boards that lose 30 % of all frames and are parted for a minute: `make prove`."""

import time

import pytest
from bare_boards import needs_micropython

from boards import evaluate, mpremote, wait_for
from tools.hardware.port import Port
from tools.virtual.fleet import Fleet

pytestmark = [needs_micropython, pytest.mark.long]

COUNT = 8
PARTED_S = 60
APP = """
got = []
async def app(mesh):
    mesh.want("anomaly.smoke")
    async for event in mesh.events():
        got.append(event.payload)
"""
SETTINGS = {"repair": 32, "state": 16, "inbox": 16}
HALVES = (range(4), range(4, COUNT))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    app = tmp_path_factory.mktemp("app") / "app.py"
    app.write_text(APP)
    with Fleet(COUNT, app=app, config=SETTINGS, heap_kb=192) as fleet:
        fleet.air.set_medium(loss_percent=30)
        fleet.power_on()
        for board in fleet.boards:
            Port(board.port).wait_for_prompt(30)
        wait_for(lambda: all(len(evaluate(board, "mesh.peers()")) == 7 for board in fleet.boards))
        yield fleet


def emit(board, payload):
    result = mpremote(
        board, "resume", "exec", f"mesh.emit_anomaly('smoke', {payload!r}); mesh.state.add('told')"
    )
    assert result.returncode == 0, result.stdout + result.stderr


def have_all_read(fleet, payloads):
    for number, board in enumerate(fleet.boards):
        others = sorted(payload for source, payload in payloads if source != number)
        if sorted(evaluate(board, "__import__('app').got")) != others:
            return False
    return True


def states(fleet):
    return {str(evaluate(board, "mesh.state.items()")) for board in fleet.boards}


def test_events_and_state_are_whole_with_30_percent_loss_and_after_a_minute_in_two_parts(fleet):
    told = []
    for number in range(COUNT):
        told.append((number, b"before %d" % number))
        emit(fleet.boards[number], told[-1][1])
    wait_for(lambda: have_all_read(fleet, told))
    fleet.air.cut(*HALVES)
    ends_at = time.monotonic() + PARTED_S
    while time.monotonic() < ends_at:
        number = len(told) % COUNT
        told.append((number, b"parted %d" % len(told)))
        emit(fleet.boards[number], told[-1][1])
        time.sleep(4)
    fleet.air.heal()
    wait_for(lambda: have_all_read(fleet, told), 60)
    wait_for(lambda: states(fleet) == {f"[('told', {len(told)})]"}, 60)
