"""Queries at the prompt of running virtual boards, through the real mpremote."""

import pytest
from conftest import RUNTIME

from boards import leader_of, mpremote, serial_port, wait_for
from tools.virtual.fleet import Fleet

pytestmark = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")

APP = """\
async def app(mesh):
    for count in range(4):
        mesh.emit_telemetry("test", b"%d" % count)
"""


@pytest.fixture(scope="module")
def boards(tmp_path_factory):
    app = tmp_path_factory.mktemp("app") / "app.py"
    app.write_text(APP)
    with Fleet(3, heap_kb=192, app=app, config={"store_bytes": 4096}) as fleet:
        fleet.power_on()
        for board in fleet.boards:
            with serial_port(board) as port:
                port.type("\r")  # it may have greeted before the port was opened
                port.read_until(">>> ")
        wait_for(lambda: leader_of(fleet.boards))
        yield fleet.boards


def asked(board, statement):
    result = mpremote(board, "resume", "exec", statement)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.strip()


def test_a_query_at_the_prompt_finds_the_newest_of_the_cell(boards):
    told = asked(
        boards[0],
        "found = await mesh.query('telemetry.', newest=5, scope=1)\n"
        "print(len(found), found.total, found.nodes, found.is_truncated)\n"
        "print({event.topic for event in found}, len({event.source for event in found}) > 1)",
    )
    assert told.splitlines() == ["5 12 3 True", "{'telemetry.test'} True"]


def test_a_query_of_one_node_tells_its_events_only(boards):
    told = asked(
        boards[0],
        "peer = mesh.peers()[0]['id']\n"
        "found = await mesh.query('telemetry.test', 20, 0, peer)\n"
        "print([event.payload for event in found], {event.source for event in found} == {peer})",
    )
    assert told == "[b'3', b'2', b'1', b'0'] True"


def test_the_friendly_prompt_awaits_and_prints_the_value(boards):
    with serial_port(boards[1]) as port:
        port.interrupt()
        port.type("await mesh.query('telemetry.', newest=1, scope=3)\r")
        told = port.read_until("nodes, truncated")
    assert "telemetry.test" in told


def test_a_mistake_in_a_query_is_one_sentence(boards):
    for question in ("newest=0", "scope=7", "prefix=5", "colour=1", "kind=9", "node='x', scope=0"):
        result = mpremote(boards[0], "resume", "exec", f"await mesh.query({question})")
        assert "ConfigError: " in result.stdout + result.stderr
    result = mpremote(boards[0], "resume", "exec", "await nonsense(")
    assert "SyntaxError" in result.stdout + result.stderr
    assert boards[0].resets == 0
