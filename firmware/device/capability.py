"""How fit this board is to lead, as one byte."""

import gc

from micropython import const

_ENOUGH_HEAP = const(65536)  # bytes free; more does not make a better leader


def score(config) -> int:
    """0..255 from free heap (half), power (a quarter) and sensors (a sixteenth each, up to 4)."""
    heap = min(gc.mem_free(), _ENOUGH_HEAP) * 127 // _ENOUGH_HEAP
    power = 64 if config["power"] == "mains" else 0
    return heap // 8 * 8 + power + min(len(config["sensors"]), 4) * 16
