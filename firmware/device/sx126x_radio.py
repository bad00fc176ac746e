"""An SX1262: micropython-lib's driver, and what it lacks, asked of the chip itself.

The driver has no channel activity detection and cannot tell that a frame is coming in.  Both
take a few commands on the same bus.  It is never asked for what it gets wrong: pin DIO1 is always
given, its receptions have no time-out, and its settings are whole.
Source: SX1261/2 data sheet, revision 2.1, chapter 13.  Not run on hardware.
"""

import time

from lora import AsyncSX1262  # type: ignore[import-not-found]  # mip brings it
from machine import Pin
from micropython import const

from device import lora_pins
from device.lora_airtime import PREAMBLE_SYMBOLS
from skein.ticks import ticks_diff

_IRQ_CAD_DONE = const(0x0080)
_IRQ_CAD_DETECTED = const(0x0100)
_IRQ_PREAMBLE = const(0x0004)
_IRQ_HEADER = const(0x0010)
# For the chip: those of the driver, and what it does not ask for.  For pin DIO1: the driver's.
_SET_IRQS = b"\x08\x03\xf7\x02\x43\x00\x00\x00\x00"
_CLEAR_COMING = b"\x02\x00\x14"
_CLEAR_CAD = b"\x02\x01\x80"
_STANDBY = b"\x80\x00"
_CAD = b"\xc5"
_BUSY_US = const(10000)
_HEADER_SYMBOLS = const(16)  # within these a header follows a preamble


class SX126xRadio:
    """wiring: LORA of the board.  plan: a LoRaPlan.  power_dbm: at the antenna's socket."""

    def __init__(self, wiring: dict, plan, power_dbm: int):
        self._wiring = wiring
        self._settings = lora_pins.settings(plan, power_dbm)
        self._settings["rx_boost"] = True
        head_symbols = PREAMBLE_SYMBOLS + _HEADER_SYMBOLS
        self._head_ms = head_symbols * plan.airtime.symbol_us // 1000 + 1
        self._longest_ms = plan.airtime.of(255) // 1000 + 1
        # Four symbols, the thresholds that Semtech advises, and standby at the end.
        factor = plan.spreading_factor
        self._set_cad = bytes((0x88, 0x02, factor + 13, 10, 0, 0, 0, 0))
        self._coming = 0
        self._coming_since = 0
        self._answer = bytearray(4)

    def start(self) -> None:
        """Reset the chip, set it up and listen.  Raises RuntimeError when it does not answer."""
        wiring = self._wiring
        self._cs, self._busy = Pin(wiring["cs"]), Pin(wiring["busy"])
        self._spi = lora_pins.bus(wiring)
        self.modem = AsyncSX1262(
            self._spi,
            self._cs,
            self._busy,
            dio1=Pin(wiring["dio1"]),
            dio2_rf_sw=wiring["dio2_rf_switch"],
            dio3_tcxo_millivolts=wiring["tcxo_millivolts"],
            reset=Pin(wiring["reset"]),
            lora_cfg=self._settings,
            ant_sw=lora_pins.antenna_switch(wiring),
        )
        self._calibrate()
        self._command(_SET_IRQS)
        self._coming = 0
        self.listen()

    def _calibrate(self):
        try:
            self.modem.calibrate_image()
        except ValueError:
            return  # the driver has no figures for this band

    def listen(self) -> None:
        """Receive until something else is asked for."""
        self.modem.start_recv(continuous=True)

    def after_packet(self) -> None:
        """Reception goes on by itself."""
        self._coming = 0

    def strength_dbm(self, packet) -> int:
        return packet.rssi

    def is_receiving(self, now: int) -> bool:
        """Whether a frame is coming in.

        A preamble that no header follows, or a header that no frame follows, was none.
        """
        coming = self._flags() & (_IRQ_PREAMBLE | _IRQ_HEADER)
        if coming != self._coming:
            self._coming = coming
            self._coming_since = now
        lasts_ms = self._longest_ms if coming & _IRQ_HEADER else self._head_ms
        if coming and ticks_diff(now, self._coming_since) >= lasts_ms:
            self._command(_CLEAR_COMING)
            self._coming = coming = 0
        return coming != 0

    def look(self) -> None:
        """Begin to look for a preamble; this ends reception, and poll_recv begins it again."""
        self._command(_STANDBY)
        self._command(_CLEAR_CAD)
        self._command(self._set_cad)
        self._command(_CAD)

    def seen(self) -> "bool | None":
        """Whether there was one; None while the look goes on."""
        flags = self._flags()
        if not flags & _IRQ_CAD_DONE:
            return None
        self._command(_CLEAR_CAD)
        self._coming = 0
        return flags & _IRQ_CAD_DETECTED != 0

    def noise_dbm(self) -> int:
        """What is on the channel now, of whatever kind; while receiving."""
        return -self._ask(0x15)[2] // 2

    def _flags(self):
        answer = self._ask(0x12)
        return answer[2] << 8 | answer[3]

    def _ask(self, command):
        answer = self._answer
        answer[0], answer[1], answer[2], answer[3] = command, 0, 0, 0
        self._wait()
        self._cs(0)
        self._spi.write_readinto(answer, answer)
        self._cs(1)
        return answer

    def _command(self, words):
        self._wait()
        self._cs(0)
        self._spi.write(words)
        self._cs(1)

    def _wait(self):
        begun = time.ticks_us()
        while self._busy():
            if time.ticks_diff(time.ticks_us(), begun) > _BUSY_US:
                raise RuntimeError("the radio is busy")
