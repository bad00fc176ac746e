"""The screen of a board: on a virtual board, with stand-ins for the bus and for the driver."""

import json

from bare_boards import needs_micropython

from boards import wait_for
from tools.hardware import boards
from tools.virtual.fleet import Fleet

pytestmark = needs_micropython

# What micropython-lib's driver is called with; what it would show goes to UART(1).
DRIVER = """
import json
from machine import UART
class SSD1306_I2C:
    def __init__(self, width, height, i2c, addr):
        self._port = UART(1, 115200)
        self._lines = []
        self._wired = (width, height, i2c.pins, addr)
    def fill(self, colour):
        self._lines = []
    def text(self, text, x, y):
        self._lines.append((text, x, y))
    def show(self):
        self._port.write(json.dumps((self._wired, self._lines)))
"""


def test_the_screen_shows_who_leads_and_what_is_wrong(tmp_path):
    wiring = {**boards.load("HELTEC_V3").wiring, "LED": None, "BATTERY": None}
    files = {"wiring.json": json.dumps(wiring), "ssd1306.py": DRIVER}
    app = tmp_path / "app.py"
    app.write_text("async def app(mesh):\n    raise ValueError\n")
    with Fleet(1, app=app, config={"name": "roof"}, files=files, heap_kb=160) as fleet:
        fleet.power_on()
        shown = []

        def lines():
            report = fleet.next_uart(timeout_s=0)
            if report:
                wired, found = json.loads(report[1])
                assert wired == [128, 64, [17, 18], 0x3C]
                assert all(x == 0 and y <= 52 and len(text) <= 16 for text, x, y in found)
                shown.append([text for text, _, _ in found])
            return shown and shown[-1]

        wait_for(lambda: lines() == ["roof", "leader", "0 neighbours", "app.py: failed"])
        assert shown[0][:3] == ["roof", "follower", "no leader"]
