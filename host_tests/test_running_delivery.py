"""Confirmed commands on real boards, as a person emits them at the REPL."""

import time

import pytest
from conftest import RUNTIME

from boards import evaluate, leader_of, mpremote, wait_for
from tools.virtual.fleet import Fleet

pytestmark = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")

APP = """
async def app(mesh):
    mesh.want("command.siren")
    mesh.heard = []
    async for event in mesh.events():
        mesh.heard.append(event.payload)
"""
WAIT = """
import asyncio
async def note():
    receipt = await mesh.settled(mesh.receipt)
    mesh.outcome = (receipt.state, receipt.acknowledged, receipt.expected)
asyncio.create_task(note())
"""


def test_a_command_at_the_repl_is_confirmed_by_the_boards_that_read_it(tmp_path):
    app = tmp_path / "app.py"
    app.write_text(APP)
    with Fleet(3, app=app, config={"confirmed": 2}) as fleet:
        fleet.power_on()
        time.sleep(1.5)
        wait_for(lambda: leader_of(fleet.boards))
        one, *others = fleet.boards
        wait_for(lambda: len({who for _, who, _ in evaluate(one, "mesh.interests()")}) == 3)
        emit = "mesh.outcome = None; mesh.receipt = mesh.emit_command('siren', b'on')"
        assert mpremote(one, "resume", "exec", emit).returncode == 0
        assert mpremote(one, "resume", "exec", WAIT).returncode == 0
        wait_for(lambda: evaluate(one, "mesh.outcome"))
        state, acknowledged, expected = evaluate(one, "mesh.outcome")
        assert state == 1 and acknowledged >= 1 and acknowledged >= expected
        for board in others:
            wait_for(lambda board=board: evaluate(board, "mesh.heard") == [b"on"])
