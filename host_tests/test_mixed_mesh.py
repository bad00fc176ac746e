"""Three islands of virtual boards on ESP-NOW, joined over LoRa by boards that have both radios."""

import json

from bare_boards import needs_micropython

from boards import evaluate, leader_of, mpremote, status, wait_for
from lora_boards import BRIDGE_HEAP_KB, wiring_with
from tools.virtual.fleet import Fleet

pytestmark = needs_micropython

ISLANDS = ((0, 1, 2), (3, 4), (5, 6))
BRIDGES = (0, 1, 3, 5)
FAR_APART_M = 2000
APP = """
got = []
async def app(mesh):
    mesh.got = got
    mesh.want("critical.fire", 4)
    async for event in mesh.events():
        got.append((event.source, event.payload))
"""


def config_of(number):
    if number in BRIDGES:
        return {"radio": "espnow+lora:SHORT_TURBO", "region": "US915"}
    return {}


def islands_of_boards(tmp_path):
    app = tmp_path / "app.py"
    app.write_text(APP)
    return Fleet(
        7,
        app=app,
        config=config_of,
        files={"wiring.json": json.dumps(wiring_with("sx1262"))},
        lora="sx1262",
        heap_kb=lambda number: BRIDGE_HEAP_KB if number in BRIDGES else 128,
    )


def at_work(fleet, numbers):
    """Those of these bridges that are, once that is one of them; else None."""
    found = [n for n in numbers if evaluate(fleet.boards[n], "mesh.bridge.status()")["is_at_work"]]
    return found if len(found) == 1 else None


def emit(board, payload):
    sent = mpremote(board, "resume", "exec", f"mesh.emit_critical('fire', {payload!r})")
    assert sent.returncode == 0, sent.stdout


def got(board):
    return [payload for _, payload in evaluate(board, "mesh.got")]


def test_events_cross_again_after_a_bridge_died_and_none_arrives_twice(tmp_path):
    with islands_of_boards(tmp_path) as fleet:
        boards = fleet.boards
        fleet.air.place(
            {n: (FAR_APART_M * at + n, 0) for at, island in enumerate(ISLANDS) for n in island},
            range_m=100,
            lora_range_m=10 * FAR_APART_M,
        )
        fleet.power_on()
        wait_for(lambda: all(board.is_running for board in boards))
        for island in ISLANDS:
            wait_for(lambda island=island: leader_of([boards[n] for n in island]))
        for number in (3, 5):
            wait_for(lambda number=number: at_work(fleet, (number,)))
        [dead] = wait_for(lambda: at_work(fleet, (0, 1)))
        emit(boards[2], b"before")
        wait_for(lambda: got(boards[4]) == got(boards[6]) == [b"before"])
        boards[dead].kill()
        wait_for(lambda: at_work(fleet, (1 - dead,)))
        emit(boards[2], b"after")
        emit(boards[6], b"back")
        wait_for(lambda: b"after" in got(boards[6]) and b"back" in got(boards[2]))
        wait_for(lambda: len(got(boards[4])) == 3)
        assert sorted(got(boards[4])) == [b"after", b"back", b"before"]
        assert (got(boards[2]), got(boards[6])) == ([b"back"], [b"before", b"after"])
        for number, board in enumerate(boards):
            if number != dead:
                told = status(board)
                assert told["config_mistakes"] == [] and told["rejected"] == {}
                assert board.resets == 0


def test_without_a_region_a_board_with_both_radios_has_one(tmp_path):
    wiring = {"wiring.json": json.dumps(wiring_with("sx1262"))}
    config = {"radio": "espnow+lora:LONG_FAST"}
    with Fleet(2, config=config, files=wiring, lora="sx1262", heap_kb=BRIDGE_HEAP_KB) as fleet:
        fleet.power_on()
        wait_for(lambda: all(board.is_running for board in fleet.boards))
        wait_for(lambda: leader_of(fleet.boards))
        board = fleet.boards[0]
        [mistake] = status(board)["config_mistakes"]
        assert "'region' must be one of AS923" in mistake
        assert evaluate(board, "hasattr(mesh, 'bridge')") is False
        assert fleet.air.lora_counts() == {}
