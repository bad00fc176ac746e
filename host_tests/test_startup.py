"""The start of a node, and its life with an application or a radio that fails."""

import pytest
from conftest import RUNTIME

from boards import serial_port, status, wait_for
from tools.virtual.fleet import Fleet

pytestmark = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")

BROKEN_ONCE = """
import network, os
try:
    os.stat("failed_once")
except OSError:
    open("failed_once", "w").close()
    class Broken:
        IF_STA = 0
        def __init__(self, interface): raise OSError("Wifi Unknown Error")
    network.WLAN = Broken
"""

HOARDING = """
import asyncio
async def app(mesh):
    mesh.hoard = None
    for size in (1000, 100, 16):
        try:
            while True:
                mesh.hoard = (mesh.hoard, bytes(size))
        except MemoryError:
            pass
    await asyncio.sleep(1000)
"""


@pytest.fixture
def board(tmp_path):
    """Makes the one board of a fleet from the text of its app.py and other files."""
    fleets = []

    def build(app="async def app(mesh):\n    pass\n", **files):
        (tmp_path / "app.py").write_text(app)
        fleets.append(Fleet(1, app=tmp_path / "app.py", files=files).__enter__())
        return fleets[0].boards[0]

    yield build
    fleets[0].close()


@pytest.mark.parametrize(
    ("app", "error"),
    [
        ("import sys\nsys.exit(1)\n", "SystemExit"),
        ("async def app(mesh):\n    raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("import asyncio\nasync def app(mesh):\n    raise asyncio.CancelledError\n", "Cancelled"),
        ("def app(mesh):\n    return 3\n", "TypeError"),
        ("async def app(mesh)\n", "SyntaxError"),
    ],
)
def test_an_application_that_ends_in_an_odd_way_leaves_the_node_in_the_mesh(board, app, error):
    node = board(app)
    with serial_port(node) as port:
        node.power_on()
        port.read_until(error)
    assert status(node)["app"].startswith("failed: " + error)
    wait_for(lambda: status(node)["role"] == "leader")
    assert node.resets == 0


def test_a_node_without_heap_resets_instead_of_staying_half_alive(board):
    node = board(HOARDING)
    with serial_port(node) as port:
        node.power_on()
        port.read_until("MemoryError")
        port.read_until("The board resets soon; Ctrl-C stops that.")
        port.read_until("Skein on MicroPython")
    assert node.resets == 1


def test_a_radio_that_does_not_start_is_told_and_tried_again_by_a_reset(board):
    node = board(**{"boot.py": BROKEN_ONCE})
    with serial_port(node) as port:
        node.power_on()
        port.read_until("OSError: Wifi Unknown Error")
        port.read_until("Skein on MicroPython")
    assert node.resets == 1
    wait_for(lambda: status(node)["role"] == "leader")
