"""Payloads of 4 KB between running virtual boards, with 30 % loss, as applications send them."""

import pytest
from conftest import RUNTIME

from boards import evaluate, mpremote, status, wait_for
from tools.hardware.port import Port
from tools.virtual.fleet import Fleet

pytestmark = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")

APP = """\
heard = []


def payload(topic):
    return topic.encode() * 2048


async def app(mesh):
    if mesh.name == "member":
        mesh.join("doors")
    async for got in mesh.received():
        is_same = got.payload == payload(got.topic)
        heard.append((got.topic, got.source, len(got.view), is_same))
"""
CONFIG = {"sends": 1, "name": "member"}
WAIT = """
import asyncio, app
async def note(receipt):
    receipt = await mesh.settled(receipt)
    mesh.outcome = (receipt.state, receipt.acknowledged, receipt.expected)
"""


@pytest.fixture(scope="module")
def boards(tmp_path_factory):
    app = tmp_path_factory.mktemp("app") / "app.py"
    app.write_text(APP)
    with Fleet(3, app=app, config=CONFIG, heap_kb=160) as fleet:
        fleet.air.set_medium(loss_percent=30)
        fleet.power_on()
        for board in fleet.boards:
            Port(board.port).wait_for_prompt(30)
        wait_for(lambda: all(len(evaluate(board, "mesh.peers()")) == 2 for board in fleet.boards))
        wait_for(lambda: evaluate(fleet.boards[0], "len(mesh.interests())") >= 6)
        yield fleet.boards


def run(board, statement):
    result = mpremote(board, "resume", "exec", statement)
    return result.stdout + result.stderr


def heard(board):
    return evaluate(board, "__import__('app').heard")


def test_four_kilobytes_reach_one_then_a_group_then_all_byte_for_byte(boards):
    one, two, three = boards
    source, target = evaluate(one, "mesh.id"), evaluate(two, "mesh.id")
    run(one, WAIT)
    send = (
        "import app; mesh.outcome = None; mesh.receipt = mesh.send(app.payload({0!r}), {1}, {0!r})"
    )
    note = "; asyncio.create_task(note(mesh.receipt))"
    assert run(one, send.format("ab", [target]) + note) == ""
    wait_for(lambda: evaluate(one, "mesh.outcome"))
    assert evaluate(one, "mesh.outcome") == (1, 1, 1)
    assert heard(two) == [("ab", source, 4096, True)]
    assert heard(three) == []
    assert run(one, send.format("cd", "'doors'")) == ""
    wait_for(lambda: len(heard(two)) == 2 and len(heard(three)) == 1)
    assert heard(two)[1] == heard(three)[0] == ("cd", source, 4096, True)


def test_a_mistake_is_one_sentence_and_the_node_goes_on(boards):
    for statement, words in (
        ("mesh.send(b'1', to=['x'])", "ConfigError: a node's id is 8 hexadecimal digits, not 'x'"),
        ("mesh.send(b'1', to=[mesh.id])", "SendError: a node sends nothing to itself"),
        ("mesh.send(bytes(4097))", "SendError: a payload has 1 to 4096 bytes, this one 4097"),
        ("mesh.join('')", "ConfigError: a group's name has 1 to 26 bytes, '' does not"),
    ):
        assert words in run(boards[2], statement), statement
    assert status(boards[2])["app"] == "running"
