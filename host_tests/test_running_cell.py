"""Members of a cell on real boards that run the real firmware."""

import time

import pytest
from conftest import RUNTIME

from boards import evaluate, leader_of, mpremote, status, wait_for
from tools.virtual.fleet import Fleet

pytestmark = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")

_BOOT_S = 1.5  # the console drops what is said to it before


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    app = tmp_path_factory.mktemp("app") / "app.py"
    app.write_text("async def app(mesh):\n    pass\n")
    with Fleet(3, app=app, config={"members": 8}) as running:
        running.power_on()
        time.sleep(_BOOT_S)
        wait_for(lambda: all(status(board)["members"] == 3 for board in running.boards))
        yield running


def state_of(viewer, node_id):
    return {member["id"]: member["state"] for member in evaluate(viewer, "mesh.members()")}[
        node_id
    ]


def test_a_board_tells_who_belongs_to_its_cell(fleet):
    ids = {status(board)["id"] for board in fleet.boards}
    told = evaluate(fleet.boards[0], "mesh.members()")
    assert {member["id"] for member in told} == ids - {status(fleet.boards[0])["id"]}
    assert {member["state"] for member in told} == {"alive"}
    assert max(member["heard_s_ago"] for member in told) < 10
    assert status(fleet.boards[0])["members_joined"] == 2


def test_a_leader_that_says_goodbye_is_replaced_and_its_next_boot_is_back(fleet):
    leaver_id = wait_for(lambda: leader_of(fleet.boards))
    leaver = next(board for board in fleet.boards if status(board)["id"] == leaver_id)
    viewer = next(board for board in fleet.boards if board is not leaver)
    assert mpremote(leaver, "resume", "exec", "mesh.leave()").returncode == 0
    wait_for(lambda: state_of(viewer, leaver_id) == "left")
    wait_for(lambda: status(viewer)["leader"] not in (None, leaver_id))
    assert status(viewer)["members"] == 2
    leaver.power_off()
    leaver.power_on()
    wait_for(lambda: state_of(viewer, leaver_id) == "alive")
    assert status(viewer)["members_left"] == 1
    assert status(viewer)["members_died"] == 0


def test_a_board_tells_the_chain_of_its_leaders(tmp_path):
    app = tmp_path / "app.py"
    app.write_text("async def app(mesh):\n    pass\n")
    configs = [{"cell": "north"}, {"cell": "north"}, {"cell": "south", "members": 8}]
    with Fleet(3, app=app, config=lambda number: configs[number]) as fleet:
        fleet.power_on()
        time.sleep(_BOOT_S)
        north, other, south = fleet.boards
        wait_for(lambda: all(evaluate(board, "mesh.chain()")[2] for board in fleet.boards))
        chains = [evaluate(board, "mesh.chain()") for board in fleet.boards]
        assert [chain[0] for chain in chains] == [status(board)["id"] for board in fleet.boards]
        assert chains[0][1] == chains[1][1] in (chains[0][0], chains[1][0])
        assert chains[2][1] == chains[2][0]
        assert {chain[2] for chain in chains} <= {chains[0][1], chains[2][1]}
        assert len({chain[2] for chain in chains}) == 1
        assert status(south)["cell"] == "south"
        assert status(south)["members"] == 1
        assert "in cell north" in mpremote(north, "resume", "exec", "print(mesh.why())").stdout


def test_a_board_that_was_not_asked_for_members_does_not_load_their_code():
    with Fleet(1, config={}) as fleet:
        fleet.power_on()
        time.sleep(_BOOT_S)
        assert not evaluate(fleet.boards[0], "hasattr(mesh, 'members')")
        loaded = "[name for name in __import__('sys').modules if 'cell' in name]"
        assert evaluate(fleet.boards[0], loaded) == []
