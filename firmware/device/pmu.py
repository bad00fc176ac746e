"""A board's power chip: an AXP192 or an AXP2101 on I2C.

Registers: lewisxhe/XPowersLib 830eb6b.  Not run on hardware.
"""

from micropython import const

_CHIP_ID = const(0x03)
_AXP192 = const(0x03)


class PMU:
    """i2c: an open bus.  address: of the chip on it."""

    def __init__(self, i2c, address: int):
        self._i2c = i2c
        self._address = address
        self.chip_id = self._read(_CHIP_ID)

    def switch_on(self, rails) -> bool:
        """Take the steps (register, bits kept, bits set) for this chip; False if it has none.

        rails: (chip id, steps) for each chip that the board may have.
        """
        for chip_id, steps in rails:
            if chip_id == self.chip_id:
                for register, kept, bits in steps:
                    self._write(register, self._read(register) & kept | bits)
                return True
        return False

    def read_uv(self) -> int:
        """The battery's voltage in microvolts, as machine.ADC tells one."""
        if self.chip_id == _AXP192:
            self._write(0x82, self._read(0x82) | 0x80)
            return (self._read(0x78) << 4 | self._read(0x79) & 0x0F) * 1100
        self._write(0x30, self._read(0x30) | 1)
        return ((self._read(0x34) & 0x3F) << 8 | self._read(0x35)) * 1000

    def _read(self, register):
        return self._i2c.readfrom_mem(self._address, register, 1)[0]

    def _write(self, register, value):
        self._i2c.writeto_mem(self._address, register, bytes((value,)))
