"""What a board has beside its radio, by its wiring: switches, power chip, LED, battery.

Only a board that was deployed with its wiring imports this.
"""

import asyncio
import sys

from machine import ADC, Pin
from micropython import const

_MOST_DBM = const(20)  # of Wi-Fi on any chip
_BETWEEN_MS = const(200)  # blinks
_PERIOD_MS = const(2000)
_MEASURED_S = const(60)


def power_up(wiring, settings: dict) -> None:
    """Before any radio starts.  Lowers settings["tx_power_dbm"] to what the board bears."""
    if (settings["tx_power_dbm"] or _MOST_DBM) > wiring["WIFI_MOST_DBM"]:
        settings["tx_power_dbm"] = wiring["WIFI_MOST_DBM"]
    _try(_switch, wiring)


def start(wiring, mesh) -> None:
    """Start the tasks of what is there."""
    _try(_start_led, wiring, mesh)
    _try(_start_battery, wiring, mesh)
    _try(_start_screen, wiring, mesh)


def _try(part, *arguments):
    """A part that fails is told, and the node goes on."""
    try:
        part(*arguments)
    except Exception as error:
        sys.print_exception(error)


def _switch(wiring):
    for pin, level in wiring["SWITCHES"]:
        Pin(pin, Pin.OUT, value=level)
    if wiring["PMU"]:
        power_chip(wiring).switch_on(wiring["PMU"]["rails"])


def power_chip(wiring):
    """The board's power chip; raises OSError when it does not answer."""
    from machine import I2C  # noqa: PLC0415 - few boards have a power chip

    from device.pmu import PMU  # noqa: PLC0415

    sda, scl = wiring["I2C"][wiring["PMU"]["i2c"]]
    bus = I2C(wiring["PMU"]["i2c"], sda=Pin(sda), scl=Pin(scl))
    return PMU(bus, wiring["PMU"]["address"])


def _start_led(wiring, mesh):
    if wiring["LED"]:
        from device.led import pattern  # noqa: PLC0415 - not every board has one

        asyncio.create_task(_blink(_light(wiring["LED"]), pattern, mesh))


async def _blink(light, pattern, mesh):
    while True:
        count, on_ms = pattern(mesh)
        for _ in range(count):
            light(True)
            await asyncio.sleep_ms(on_ms)
            light(False)
            await asyncio.sleep_ms(_BETWEEN_MS)
        await asyncio.sleep_ms(_PERIOD_MS - count * (on_ms + _BETWEEN_MS))


def _light(wired):
    pin = Pin(wired["pin"], Pin.OUT, value=1 - wired["on"])
    if not wired["is_rgb"]:
        return lambda is_on: pin.value(wired["on"] if is_on else 1 - wired["on"])
    from neopixel import NeoPixel  # noqa: PLC0415 - few boards have one

    lamp = NeoPixel(pin, 1)

    def light(is_on):
        lamp[0] = (8, 8, 8) if is_on else (0, 0, 0)
        lamp.write()

    return light


def _start_battery(wiring, mesh):
    wired = wiring["BATTERY"]
    if wired:
        from device.battery import Battery  # noqa: PLC0415 - not every board has one

        adc = power_chip(wiring) if wired["pmu"] else ADC(wired["adc"], atten=wired["attenuation"])
        gate, gate_on = _gate(wired)
        battery = Battery(adc, wired["ratio_percent"], gate, gate_on)
        asyncio.create_task(_measure(battery, mesh))


def _gate(wired):
    if wired["gate"] is None:
        return None, 0
    gate_on = wired["gate_on"]
    if gate_on is None:  # it differs between versions of the board: what it rests at is "off"
        gate_on = 1 - Pin(wired["gate"], Pin.IN).value()
    return Pin(wired["gate"], Pin.OUT, value=1 - gate_on), gate_on


def _start_screen(wiring, mesh):
    if wiring["OLED"]:
        from device import oled  # noqa: PLC0415 - not every board has one

        screen = oled.screen_of(wiring)
        if screen:
            asyncio.create_task(oled.show(screen, mesh))


async def _measure(battery, mesh):
    from device.battery import MAINS, stamina_of  # noqa: PLC0415

    while True:
        mesh.battery_mv = battery.millivolts()
        if mesh.backbone and mesh.backbone.stamina < MAINS:
            mesh.backbone.stamina = stamina_of(mesh.battery_mv)
        mesh.emit_telemetry("battery", b"%d" % mesh.battery_mv)
        await asyncio.sleep(_MEASURED_S)
