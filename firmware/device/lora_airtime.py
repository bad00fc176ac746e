"""How long a LoRa frame is on the air, in whole numbers: asked for with the heap locked.

Source: Semtech AN1200.13, with explicit header and CRC, spreading factors 7 to 12; the simulator
has the same by itself, and a test compares the two.  Contention slot: that of Meshtastic.
"""

from micropython import const

PREAMBLE_SYMBOLS = const(16)

_HARDWARE_US = const(7600)  # propagation 0.2 ms, turn-round 0.4 ms, processing 7 ms
_LOW_RATE_SYMBOL_US = const(16000)  # from here on two bits of a symbol are left out
_FIXED_QUARTERS = const(4 * (PREAMBLE_SYMBOLS + 8) + 17)  # preamble, sync, header: symbols / 4


class LoRaAirtime:
    """Of one modem setting.

    spreading_factor: 7..12.  bandwidth_hz: 62500, 125000, 250000 or 500000.  coding_rate: 5..8
    for 4/5 to 4/8.
    """

    def __init__(self, spreading_factor: int, bandwidth_hz: int, coding_rate: int):
        self.symbol_us = (1 << spreading_factor) * 2000 // (bandwidth_hz // 500)
        self._coding_rate = coding_rate
        self._head_bits = 44 - 4 * spreading_factor
        useful_bits = spreading_factor - (2 if self.symbol_us >= _LOW_RATE_SYMBOL_US else 0)
        self._block_bits = 4 * useful_bits
        self.slot_us = 5 * self.symbol_us // 2 + _HARDWARE_US

    def of(self, length: int) -> int:
        """Microseconds on the air of a frame of `length` bytes, 0..255."""
        bits = 8 * length + self._head_bits + self._block_bits - 1
        symbols = max(0, bits // self._block_bits) * self._coding_rate
        return (_FIXED_QUARTERS + 4 * symbols) * self.symbol_us // 4
