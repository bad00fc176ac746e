"""Shared state at the prompt of running virtual boards, through the real mpremote."""

import pytest
from conftest import RUNTIME

from boards import evaluate, mpremote, status, wait_for
from tools.hardware.port import Port
from tools.virtual.fleet import Fleet

pytestmark = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")

APP = """\
seen = []


async def app(mesh):
    async for name in mesh.state.changes():
        seen.append(name)
"""


@pytest.fixture(scope="module")
def boards(tmp_path_factory):
    app = tmp_path_factory.mktemp("app") / "app.py"
    app.write_text(APP)
    with Fleet(3, app=app, config={"state": 16}) as fleet:
        fleet.air.set_medium(loss_percent=30)
        fleet.power_on()
        for board in fleet.boards:
            Port(board.port).wait_for_prompt(30)
        wait_for(lambda: all(len(evaluate(board, "mesh.peers()")) == 2 for board in fleet.boards))
        yield fleet.boards


def run(board, statement):
    result = mpremote(board, "resume", "exec", statement)
    return result.stdout + result.stderr


def values(boards, expression):
    return [evaluate(board, expression) for board in boards]


def test_what_one_board_writes_all_have_with_30_percent_loss(boards):
    run(boards[0], "mesh.state['valve'] = b'open'; mesh.state.add('cars', 2)")
    run(boards[1], "mesh.state.add('cars'); mesh.state['door'] = 'shut'")
    whole = [("cars", 3), ("door", b"shut"), ("valve", b"open")]
    wait_for(lambda: values(boards, "mesh.state.items()") == [whole] * 3)
    wait_for(
        lambda: set(evaluate(boards[2], "__import__('app').seen")) == {"valve", "cars", "door"}
    )


def test_a_mistake_is_one_sentence_and_the_node_goes_on(boards):
    for statement, words in (
        ("mesh.state['n' * 17] = b''", "StateError: a name has 1 to 16 bytes, not 17"),
        ("mesh.state['n'] = bytes(33)", "StateError: a value has at most 32 bytes, not 33"),
        ("mesh.state['none']", "KeyError: none"),
        ("del mesh.state['none']", "KeyError: none"),
        ("mesh.state['cars'] = b'1'", "StateError: b'cars' is a counter"),
        ("for n in range(20): mesh.state[str(n)] = b''", "has no room for b'"),
    ):
        assert words in run(boards[0], statement), statement
    assert status(boards[0])["app"] == "running"


def test_a_board_without_power_for_a_while_is_brought_up_to_date(boards):
    boards[1].power_off()
    run(boards[0], "mesh.state['valve'] = b'shut'")
    boards[1].power_on()
    Port(boards[1].port).wait_for_prompt(30)
    wait_for(lambda: values(boards, "mesh.state.get('valve')") == [b"shut"] * 3)
    wait_for(lambda: len(set(map(str, values(boards, "mesh.state.items()")))) == 1)
