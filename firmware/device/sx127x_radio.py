"""An SX1276: micropython-lib's driver, and what it lacks, asked of the chip itself.

The driver has no channel activity detection.  It sends no CRC unless told, reads a packet from
the wrong place once a bad one came, and takes the power amplifier's lower pin unless told: every
setting is given, at most 17 dBm is asked for, and reception begins anew after each packet.
Source: SX1276 data sheet, revision 7, chapters 4 and 6.  Not run on hardware.
"""

from lora import AsyncSX1276  # type: ignore[import-not-found]  # mip brings it
from machine import Pin
from micropython import const

from device import lora_pins

_OP_MODE = const(0x01)
_IRQ_FLAGS = const(0x12)
_MODEM_STATUS = const(0x18)
_RSSI = const(0x1B)
_KEPT_BITS = const(0xF8)  # of the mode's register
_STANDBY = const(1)
_CAD = const(7)
_CAD_DONE = const(0x04)
_CAD_DETECTED = const(0x01)
_IS_COMING = const(0x0B)  # a signal, in step with it, its header read
_ALL = const(0xFF)
_MOST_DBM = const(17)  # of 20 the driver makes 10
_LOW_BAND_HZ = const(525000000)
_LOW_BAND_DBM = const(-164)
_HIGH_BAND_DBM = const(-157)  # what the driver takes with PA_BOOST on any band


class SX127xRadio:
    """wiring: LORA of the board.  plan: a LoRaPlan.  power_dbm: at the antenna's socket."""

    def __init__(self, wiring: dict, plan, power_dbm: int):
        self._wiring = wiring
        self._settings = lora_pins.settings(plan, max(2, min(_MOST_DBM, power_dbm)))
        self._settings["tx_ant"] = "PA_BOOST"
        self._zero_dbm = _LOW_BAND_DBM if plan.frequency_hz < _LOW_BAND_HZ else _HIGH_BAND_DBM
        self._pair = bytearray(2)

    def start(self) -> None:
        """Reset the chip, set it up and listen.  Raises RuntimeError when it does not answer."""
        wiring = self._wiring
        self._cs = Pin(wiring["cs"])
        self._spi = lora_pins.bus(wiring)
        self.modem = AsyncSX1276(
            self._spi,
            self._cs,
            dio0=Pin(wiring["dio0"]),
            dio1=None if wiring["dio1"] is None else Pin(wiring["dio1"]),
            reset=Pin(wiring["reset"]),
            lora_cfg=self._settings,
            ant_sw=lora_pins.antenna_switch(wiring),
        )
        self.listen()

    def listen(self) -> None:
        """Receive until something else is asked for, from the first byte of the buffer on."""
        self.modem.start_recv(continuous=True)

    after_packet = listen

    def strength_dbm(self, packet) -> int:
        """Below the noise the chip counts it as loud as the noise."""
        below_db = min(0, packet.snr // 4)
        return packet.rssi + below_db + self._zero_dbm - _HIGH_BAND_DBM

    def is_receiving(self, _now: int) -> bool:
        """Whether a frame is coming in."""
        return self._read(_MODEM_STATUS) & _IS_COMING != 0

    def look(self) -> None:
        """Begin to look for a preamble; this ends reception, and poll_recv begins it again."""
        mode = self._read(_OP_MODE) & _KEPT_BITS
        self._write(_OP_MODE, mode | _STANDBY)
        self._write(_IRQ_FLAGS, _ALL)
        self._write(_OP_MODE, mode | _CAD)

    def seen(self) -> "bool | None":
        """Whether there was one; None while the look goes on."""
        flags = self._read(_IRQ_FLAGS)
        if not flags & _CAD_DONE:
            return None
        self._write(_IRQ_FLAGS, _ALL)
        return flags & _CAD_DETECTED != 0

    def noise_dbm(self) -> int:
        """What is on the channel now, of whatever kind; while receiving."""
        return self._zero_dbm + self._read(_RSSI)

    def _read(self, register):
        return self._exchange(register, 0)

    def _write(self, register, value):
        self._exchange(register | 0x80, value)

    def _exchange(self, first, second):
        pair = self._pair
        pair[0], pair[1] = first, second
        self._cs(0)
        self._spi.write_readinto(pair, pair)
        self._cs(1)
        return pair[1]
