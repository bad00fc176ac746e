"""How fit this board is to lead, but for what only time and the mesh can show."""

import gc

import machine
from micropython import const

_ENOUGH_HEAP = const(65536)  # bytes free; more does not make a better leader
_ENOUGH_HZ = const(240000000)
_CRASHES = (machine.HARD_RESET, machine.WDT_RESET)  # a panic and machine.reset() look alike


def score(config, radios: int = 1) -> int:
    """What is known at boot of the 255: at most 210; the node adds its links and its uptime.

    Compute 76: half the free heap, half the clock.  Communication 64: 16 for each of two radios,
    and 32 for links.  Sensors 51: a quarter each.  Power 38: mains, or a third on a battery.
    Reliability 26: half for a boot that no crash came before, half for an hour of uptime.
    """
    gc.collect()
    heap = min(gc.mem_free(), _ENOUGH_HEAP) * 38 // _ENOUGH_HEAP
    clock = min(machine.freq(), _ENOUGH_HZ) // 10000 * 38 // (_ENOUGH_HZ // 10000)
    sensors = min(len(config["sensors"]), 4) * 51 // 4
    power = 38 if config["power"] == "mains" else 12
    calm = 0 if machine.reset_cause() in _CRASHES else 13
    return heap + clock + 16 * min(radios, 2) + sensors + power + calm
