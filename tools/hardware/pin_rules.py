"""What must hold for the wiring of a board: one schema, and what its chip allows."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tools.hardware.chips import CHIPS, Chip

_NUMBER = (int,)
_MAYBE = (int, type(None))
_FLAG = (bool,)
_TEXT = (str,)

# Name: the fields that it holds when it is not None, each with its types.
_PARTS: dict[str, dict[str, tuple[type, ...]]] = {
    "PMU": {"i2c": _NUMBER, "address": _NUMBER, "irq": _MAYBE, "rails": (tuple,)},
    "LORA": {
        "chip": _TEXT,
        "spi": _NUMBER,
        "sck": _NUMBER,
        "miso": _NUMBER,
        "mosi": _NUMBER,
        "cs": _NUMBER,
        "reset": _MAYBE,
        "busy": _MAYBE,
        "dio0": _MAYBE,
        "dio1": _MAYBE,
        "tcxo_millivolts": _MAYBE,
        "dio2_rf_switch": _FLAG,
        "rx_enable": _MAYBE,
        "most_dbm": _NUMBER,
    },
    "LED": {"pin": _NUMBER, "on": _NUMBER, "is_rgb": _FLAG},
    "BATTERY": {
        "pmu": _FLAG,
        "adc": _MAYBE,
        "ratio_percent": _NUMBER,
        "attenuation": _NUMBER,
        "gate": _MAYBE,
        "gate_on": _MAYBE,
    },
    "OLED": {"driver": _TEXT, "i2c": _NUMBER, "address": _NUMBER, "reset": _MAYBE},
}
_PLAIN: dict[str, tuple[type, ...]] = {
    "CHIP": _TEXT,
    "FLASH_MB": _NUMBER,
    "PSRAM": (str, type(None)),
    "WIFI_MOST_DBM": _NUMBER,
    "STRAPPING": (tuple,),
    "SWITCHES": (tuple,),
    "I2C": (tuple,),
    "BUTTON": _MAYBE,
}
_INPUTS = {"LORA.miso", "LORA.busy", "LORA.dio0", "LORA.dio1", "PMU.irq", "BUTTON", "BATTERY.adc"}
_PINS = {
    "PMU": ("irq",),
    "LORA": ("sck", "miso", "mosi", "cs", "reset", "busy", "dio0", "dio1", "rx_enable"),
    "LED": ("pin",),
    "BATTERY": ("adc", "gate"),
    "OLED": ("reset",),
}


def faults(wiring: dict[str, Any]) -> list[str]:
    """A sentence for each thing that is wrong; first the schema, then, if that holds, the rest."""
    return list(_of_schema(wiring)) or [
        *_of_pins(wiring, CHIPS[wiring["CHIP"]]),
        *_of_parts(wiring, CHIPS[wiring["CHIP"]]),
    ]


def pins(wiring: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """(what it is for, number) of every pin in use."""
    for bus, (sda, scl) in enumerate(wiring["I2C"]):
        yield f"I2C.{bus}.sda", sda
        yield f"I2C.{bus}.scl", scl
    for number, (pin, _) in enumerate(wiring["SWITCHES"]):
        yield f"SWITCHES.{number}", pin
    if wiring["BUTTON"] is not None:
        yield "BUTTON", wiring["BUTTON"]
    for part, fields in _PINS.items():
        for name in fields if wiring[part] else ():
            if wiring[part][name] is not None:
                yield f"{part}.{name}", wiring[part][name]


def _of_schema(wiring):
    for name in wiring.keys() ^ (_PLAIN.keys() | _PARTS.keys()):
        yield f"{name} is {'not known' if name in wiring else 'missing'}"
    for name in _PLAIN.keys() & wiring.keys():
        if type(wiring[name]) not in _PLAIN[name]:
            yield f"{name} must not be {wiring[name]!r}"
    for name in _PARTS.keys() & wiring.keys():
        if wiring[name] is not None:
            yield from _of_fields(name, wiring[name], _PARTS[name])
    if wiring.get("CHIP") not in CHIPS:
        yield f"CHIP must be one of {', '.join(CHIPS)}"


def _of_fields(part, given, fields):
    for name in given.keys() ^ fields.keys():
        yield f"{part}.{name} is {'not known' if name in given else 'missing'}"
    for name in given.keys() & fields.keys():
        if type(given[name]) not in fields[name]:
            yield f"{part}.{name} must not be {given[name]!r}"


def _of_pins(wiring, chip: Chip):
    used = list(pins(wiring))
    for pin, count in Counter(pin for _, pin in used).items():
        if count > 1:
            yield f"pin {pin} is used {count} times"
    for use, pin in used:
        if pin not in chip.pins:
            yield f"{use}: the {chip.title} has no pin {pin}"
        if pin in _taken(wiring, chip):
            yield f"{use}: pin {pin} belongs to flash, PSRAM, USB or the console"
        if pin in chip.input_only and use not in _INPUTS:
            yield f"{use}: pin {pin} is only an input"
    straps = {pin for _, pin in used} & chip.strapping
    if straps != set(wiring["STRAPPING"]):
        yield f"STRAPPING must name {sorted(straps)}, the strapping pins in use, and no others"


def _taken(wiring, chip: Chip):
    psram = {"quad": chip.quad, "octal": chip.octal, None: frozenset()}
    return chip.flash | chip.busy | psram[wiring["PSRAM"]]


def _of_parts(wiring, chip: Chip):
    for part in ("PMU", "OLED"):
        if wiring[part] and wiring[part]["i2c"] not in range(len(wiring["I2C"])):
            yield f"{part}.i2c names no bus of I2C"
    battery, lora = wiring["BATTERY"], wiring["LORA"]
    if battery and not battery["pmu"] and battery["adc"] not in chip.adc:
        yield f"BATTERY.adc: pin {battery['adc']} cannot be measured beside Wi-Fi"
    if battery and battery["pmu"] and not wiring["PMU"]:
        yield "BATTERY.pmu: there is no PMU"
    if lora and lora["chip"] == "sx1262":
        if None in (lora["busy"], lora["dio1"]):
            yield "LORA: an SX1262 is deaf without BUSY and DIO1"
    elif lora and (lora["chip"] != "sx1276" or lora["dio0"] is None):
        yield "LORA: chip must be sx1262, or sx1276 with a DIO0"
    if not 2 <= wiring["WIFI_MOST_DBM"] <= 20:
        yield "WIFI_MOST_DBM must be from 2 to 20"
