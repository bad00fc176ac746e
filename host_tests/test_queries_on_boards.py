"""Queries at the prompt of running virtual boards, through the real mpremote."""

import pytest
from conftest import RUNTIME

from boards import leader_of, mpremote, serial_port, status, wait_for
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


def _told(board, statements):
    """The name of what each of them raises."""
    lines = [
        f"try:\n    {statement}\nexcept Exception as error:\n    print(type(error).__name__)"
        for statement in statements
    ]
    return asked(board, "\n".join(lines)).split()


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
    questions = (
        *("newest=0", "newest=1.5", "scope=7", "scope=1.0", "scope=None", "prefix=5", "colour=1"),
        *("kind=9", "age_s=-1", "source='f' * 9", "timeout_s=0", "timeout_s='3'"),
        *("timeout_s=10 ** 9", "node='x', scope=0", "node='0', scope=0", "scope=0"),
    )
    told = _told(boards[0], [f"await mesh.query({question})" for question in questions])
    assert told == ["ConfigError"] * len(questions)
    result = mpremote(boards[0], "resume", "exec", "await nonsense(")
    assert "SyntaxError" in result.stdout + result.stderr
    assert boards[0].resets == 0


def test_a_query_that_was_given_up_leaves_room_for_the_next(boards):
    told = asked(
        boards[0],
        "import asyncio\n"
        "try:\n"
        "    await asyncio.wait_for_ms(mesh.query('', 1, 3, timeout_s=30), 100)\n"
        "except asyncio.TimeoutError:\n"
        "    print(len(await mesh.query('telemetry.', 1, 3, timeout_s=1)))",
    )
    assert told == "1"


def test_a_mistake_in_an_event_is_one_sentence_and_the_node_goes_on(boards):
    mistakes = (
        *("'x', b'1', 999", "'x', b'1', -1", "'x', b'1', 'FULL'", "'x', b'1', None"),
        *("'x', b'1', 0, 0", "'x', b'1', 0, 2.5", "'x', b'1', 0, None", "'x', b'1', 0, 65536"),
        *("'x', bytes(224)", "'x', 'text'", "'x', 5", "'', b'1'", "'x' * 33, b'1'", "5, b'1'"),
    )
    told = _told(boards[0], [f"mesh.emit({mistake})" for mistake in mistakes])
    assert told == ["EventError"] * 11 + ["ConfigError"] * 3
    products = ("4", "-1", "True", "2, 4", "2, 'FULL'")
    told = _told(boards[0], [f"mesh.emit_product('x', b'1', {product})" for product in products])
    assert told == ["EventError"] * len(products)
    assert asked(boards[0], "print(await mesh.settled(mesh.emit_command('x', b'1')))") == "True"
    assert status(boards[0])["neighbours"] == 2 and boards[0].resets == 0


def test_waits_and_losses_of_the_queue_are_told(boards):
    told = status(boards[0])
    assert len(told["mean_wait_ms"]) == len(told["longest_wait_ms"]) == 4
    assert {"refused", "displaced", "expired", "superseded", "unwanted"} <= told.keys()
