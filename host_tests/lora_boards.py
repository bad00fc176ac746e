"""Virtual boards with a LoRa radio and the firmware, for tests."""

import json

from tools.hardware import boards
from tools.virtual.fleet import Fleet

HEAP_KB = 192  # what relays on a slow link by themselves need goes beyond the 128 of ESP-NOW
BRIDGE_HEAP_KB = 256  # two nodes and two radios
BOARD_WITH = {"sx1262": "HELTEC_V3", "sx1276": "LILYGO_T3_V1_6_1"}


def wiring_with(chip: str) -> dict:
    """That of a board that has this chip, but for what else it has."""
    wiring = boards.load(BOARD_WITH[chip]).wiring
    return {**wiring, "SWITCHES": [], "LED": None, "BATTERY": None, "OLED": None}


def lora_fleet(count: int, radio: str, region: str, chip: str = "sx1262", **plan) -> Fleet:
    """Boards deployed as one that has this chip, but for what else it has."""
    config = {"radio": radio, "region": region} if region else {"radio": radio}
    files = {"wiring.json": json.dumps(wiring_with(chip)), **plan.pop("files", {})}
    return Fleet(count, config=config, files=files, lora=chip, heap_kb=HEAP_KB, **plan)
