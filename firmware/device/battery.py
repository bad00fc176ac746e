"""The voltage of a board's battery, measured behind a divider."""

import time

from micropython import const

MAINS = const(3)  # stamina; see skein.backbone
_FAIR_MV = const(3600)  # of one lithium cell: a fifth of its charge is left
_LOW_MV = const(3400)  # hardly any
_SAMPLES = const(8)
_SETTLES_S = 0.005


class Battery:
    """adc: has read_uv().  ratio_percent: of the battery's voltage to the measured one.

    gate: the pin that connects the divider, or None; gate_on: the level at which it does.
    """

    def __init__(self, adc, ratio_percent: int, gate=None, gate_on: int = 0):
        self._adc = adc
        self._ratio_percent = ratio_percent
        self._gate = gate
        self._gate_on = gate_on

    def millivolts(self) -> int:
        """The mean of eight readings; takes 5 ms where there is a gate."""
        if self._gate:
            self._gate.value(self._gate_on)
            time.sleep(_SETTLES_S)
        sum_mv = 0
        for _ in range(_SAMPLES):
            sum_mv += self._adc.read_uv() // 1000
        if self._gate:
            self._gate.value(1 - self._gate_on)
        return sum_mv * self._ratio_percent // (_SAMPLES * 100)


def stamina_of(millivolts: int) -> int:
    """How long a board on a battery will last: 2 for long, 0 for hardly any longer."""
    return (millivolts >= _FAIR_MV) + (millivolts >= _LOW_MV)
