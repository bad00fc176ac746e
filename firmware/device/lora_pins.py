"""What both kinds of LoRa chips are set up with: bus, antenna switch, settings."""

from machine import SPI, Pin
from micropython import const

from device.lora_airtime import PREAMBLE_SYMBOLS

_BAUD = const(2000000)
# Neither LoRaWAN's (0x34) nor Meshtastic's (0x2B) nor the one that private networks get (0x12).
_SYNC_WORD = const(0x53)


def bus(wiring: dict) -> SPI:
    """The bus, in mode 0."""
    return SPI(
        wiring["spi"],
        baudrate=_BAUD,
        polarity=0,
        phase=0,
        sck=Pin(wiring["sck"]),
        mosi=Pin(wiring["mosi"]),
        miso=Pin(wiring["miso"]),
    )


def settings(plan, power_dbm: int) -> dict:
    """All that the driver may be told; what is left out it would assume and not write."""
    return {
        "freq_khz": plan.frequency_hz / 1000,
        "sf": plan.spreading_factor,
        "bw": "62.5" if plan.bandwidth_hz == 62500 else str(plan.bandwidth_hz // 1000),
        "coding_rate": plan.coding_rate,
        "preamble_len": PREAMBLE_SYMBOLS,
        "crc_en": True,
        "syncword": _SYNC_WORD,
        "output_power": power_dbm,
    }


def antenna_switch(wiring: dict):
    """For the driver, on a board whose switch has a pin; else None."""
    return None if wiring["rx_enable"] is None else _AntennaSwitch(wiring["rx_enable"])


class _AntennaSwitch:
    def __init__(self, pin):
        self._pin = Pin(pin, Pin.OUT, value=0)

    def rx(self):
        self._pin(1)

    def tx(self, _power):
        self._pin(0)

    idle = rx
