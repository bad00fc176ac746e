"""Pins, to which nothing is wired, and voltages, which the supervisor sets."""

from _computer import read_state
from micropython import const

_PINS = const(49)  # the ESP32-S3 has most


class Pin:
    """A pin that remembers what it was set to."""

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        if not 0 <= id < _PINS:
            raise ValueError("invalid pin")
        self._value = int(bool(value)) if value is not None else int(pull == self.PULL_UP)
        self.number = id

    def value(self, value=None):
        if value is None:
            return self._value
        self._value = int(bool(value))
        return None

    __call__ = value

    def init(self, mode=-1, pull=-1, *, value=None):
        if value is not None:
            self.value(value)

    def irq(self, handler=None, trigger=1):
        """What raises an interrupt here calls its driver by itself."""

    def on(self):
        self._value = 1

    def off(self):
        self._value = 0


class ADC:
    """What VirtualBoard.set_microvolts says; 0 until then."""

    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_6DB = 2
    ATTN_11DB = 3
    _FULL_MICROVOLTS = (950000, 1250000, 1750000, 2450000)

    def __init__(self, pin, *, atten=0):
        self._name = f"/adc{pin.number if isinstance(pin, Pin) else pin}"
        self._full = self._FULL_MICROVOLTS[atten]

    def atten(self, atten):
        self._full = self._FULL_MICROVOLTS[atten]

    def read_uv(self):
        return min(int(read_state(self._name) or 0), self._full)

    def read_u16(self):
        return self.read_uv() * 65535 // self._full
