"""Shows on a board's screen what its node is: name, role, leader, neighbours, what is wrong.

The driver is micropython-lib's ssd1306, as deployed.  Not run on hardware.
"""

import asyncio
import time

from machine import I2C, Pin
from micropython import const

_WIDTH = const(128)
_HEIGHT = const(64)
_LETTERS = const(16)  # in a line
_LINE = const(12)  # rows of a line
_LOOK_MS = const(2000)
_RESET_S = 0.01


def lines(mesh) -> list:
    """At most five lines of 16 letters for the present state of a mesh."""
    status = mesh.status()
    shown = [mesh.name, status["role"]]
    if hasattr(mesh, "bridge") and mesh.bridge.status()["is_at_work"]:
        shown[1] += ", bridge"
    if not mesh.is_leader:
        shown.append(mesh.leader or "no leader")
    shown.append(f"{status['neighbours']} neighbours")
    if mesh.config_mistakes:
        shown.append("config.json: bad")
    elif mesh.app_state.startswith("failed"):
        shown.append("app.py: failed")
    return [line[:_LETTERS] for line in shown]


def screen_of(wiring):
    """The board's screen; None where there is no driver for it.

    Raises ImportError when the driver is not there, OSError when the screen does not answer.
    """
    wired = wiring["OLED"]
    if wired["driver"] != "ssd1306":
        return None
    # A deployment brings it.
    from ssd1306 import SSD1306_I2C  # type: ignore[import-not-found] # noqa: PLC0415

    if wired["reset"] is not None:
        reset = Pin(wired["reset"], Pin.OUT, value=0)
        time.sleep(_RESET_S)
        reset.value(1)
    sda, scl = wiring["I2C"][wired["i2c"]]
    bus = I2C(wired["i2c"], sda=Pin(sda), scl=Pin(scl))
    return SSD1306_I2C(_WIDTH, _HEIGHT, bus, wired["address"])


async def show(screen, mesh) -> None:
    """Keep the screen up to date for ever; one that is pulled off may come back."""
    shown = None
    while True:
        found = lines(mesh)
        if found != shown:
            try:
                screen.fill(0)
                for row, line in enumerate(found):
                    screen.text(line, 0, row * _LINE)
                screen.show()
                shown = found
            except OSError:
                shown = None
        await asyncio.sleep_ms(_LOOK_MS)
