"""What boards run to try the LoRa driver, and what they tell."""

import pytest
from bare_boards import fleet_of, heard, start_together

SETUP = """
import lora
from machine import SPI, Pin
CFG = {"freq_khz": 869525, "sf": 7, "bw": "250", "coding_rate": 5, "preamble_len": 16,
    "crc_en": True, "syncword": 0x53, "output_power": 14}

def sx1262(kind=lora.SX1262, **changes):
    named = {"dio1": Pin(14), "dio3_tcxo_millivolts": 1800, "reset": Pin(12), "lora_cfg": CFG}
    named.update(changes)
    return kind(SPI(1), Pin(8), Pin(13), **named)

def sx1276(kind=lora.SX1276, **changes):
    cfg = dict(CFG, tx_ant="PA_BOOST", **changes)
    return kind(SPI(1), Pin(8), dio0=Pin(26), reset=Pin(12), lora_cfg=cfg)

def packet_of(modem, wait_ms=2000):
    modem.start_recv(continuous=True)
    until = time.ticks_add(time.ticks_ms(), wait_ms)
    while time.ticks_diff(until, time.ticks_ms()) > 0:
        packet = modem.poll_recv()
        if packet is not True:
            return packet
        time.sleep_ms(2)
"""


BOTH = pytest.mark.parametrize("chip", ["sx1262", "sx1276"])


def pair(app, chip="sx1262", count=2):
    """What boards tell that run `app`, board 0 first; each hears the others equally well."""
    with fleet_of(count, SETUP + app, lora=chip) as fleet:
        fleet.air.link([(a, b, -70) for a in range(count) for b in range(count) if a != b])
        start_together(fleet)
        return sorted(heard(fleet, count))
