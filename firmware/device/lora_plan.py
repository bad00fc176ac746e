"""What the settings `radio` and `region` mean for a LoRa radio: modem, frequency, limits.

Needed once.  Presets: the names and figures that Meshtastic published.  Rules: LoRaMac-node's
regional files, ETSI EN 300 220-2, 47 CFR 15.247; read, not tried, and no legal advice.  Power is
that at the antenna's socket with an antenna of 2.15 dBi: ERP, or EIRP less 2.15 dB.
"""

from device.lora_airtime import LoRaAirtime
from skein.frame import MTU
from skein.ids import hash30

# name: (spreading factor, bandwidth in Hz, coding rate 5..8)
PRESETS = {
    "SHORT_TURBO": (7, 500000, 5),
    "SHORT_FAST": (7, 250000, 5),
    "SHORT_SLOW": (8, 250000, 5),
    "MEDIUM_TURBO": (9, 500000, 5),
    "MEDIUM_FAST": (9, 250000, 5),
    "MEDIUM_SLOW": (10, 250000, 5),
    "LONG_TURBO": (11, 500000, 8),
    "LONG_FAST": (11, 250000, 5),
    "LONG_MODERATE": (11, 125000, 8),
    "LONG_SLOW": (12, 125000, 8),
    "LITE_FAST": (9, 125000, 5),
    "LITE_SLOW": (10, 125000, 5),
    "NARROW_FAST": (7, 62500, 6),
    "NARROW_SLOW": (8, 62500, 6),
}
# region: sub-bands, the best one first, each
# (from kHz, to kHz, share of the time in 1/10000, most dBm, longest frame in ms or 0,
#  least bandwidth in Hz, another one's strength in dBm at which to wait or 0)
REGIONS = {
    "EU868": (
        (869400, 869650, 1000, 27, 0, 0, 0),
        (868000, 868600, 100, 14, 0, 0, 0),
        (865000, 868000, 100, 14, 0, 0, 0),
    ),
    "EU433": ((433050, 434790, 1000, 10, 0, 0, 0),),
    # Narrower ones have to hop over channels there, which this radio does not.
    "US915": ((902000, 928000, 10000, 30, 0, 500000, 0),),
    "AU915": ((915000, 928000, 10000, 27, 400, 0, 0),),
    "AS923": ((923100, 923500, 100, 13, 400, 0, 0),),
    "JP920": ((920600, 923400, 10000, 10, 4000, 0, -80),),
    "KR920": ((922100, 923300, 10000, 11, 0, 0, -65),),
    "IN865": ((865000, 867000, 10000, 27, 0, 0, 0),),
    "RU864": ((868700, 869200, 100, 13, 0, 0, 0),),
}


class LoRaPlan:
    """One modem setting on one channel of a sub-band.

    duty: share of the time in 1/10000.  power_dbm: the most that is allowed there.  sense_dbm: a
    channel on which a stronger signal is heard is left alone; 0 where nobody asks for that.
    """

    def __init__(self, preset: tuple, band: tuple, mesh: str):
        self.spreading_factor, self.bandwidth_hz, self.coding_rate = preset
        first_khz, last_khz, self.duty, self.power_dbm, self.longest_ms, _, self.sense_dbm = band
        channels = (last_khz - first_khz) * 1000 // self.bandwidth_hz
        channel = hash30(mesh.encode()) % channels
        self.frequency_hz = first_khz * 1000 + channel * self.bandwidth_hz + self.bandwidth_hz // 2
        self.airtime = LoRaAirtime(*preset)


def plan(radio: str, region: str, mesh: str) -> "tuple[LoRaPlan | None, str | None]":
    """(plan, None), or (None, what is wrong) in a sentence.

    radio: "lora:" or "espnow+lora:", and a preset's name.  All boards of a mesh get the same
    channel.
    """
    kind, _, name = radio.partition(":")
    if kind not in ("lora", "espnow+lora") or name not in PRESETS:
        return None, (
            f'\'radio\' must be "espnow", or "lora:" or "espnow+lora:" and one of {_list(PRESETS)}'
        )
    if region not in REGIONS:
        return None, (
            f"'region' must be one of {_list(REGIONS)}; the LoRa radio stays silent without"
        )
    for band in REGIONS[region]:
        if _fits(PRESETS[name], band):
            return LoRaPlan(PRESETS[name], band, mesh), None
    fitting = [
        other for other in PRESETS if any(_fits(PRESETS[other], b) for b in REGIONS[region])
    ]
    return None, f"{name} is not allowed in {region}; 'radio' may name {_list(fitting)}"


def _fits(preset, band):
    first_khz, last_khz, _, _, longest_ms, least_hz, _ = band
    if not least_hz <= preset[1] <= (last_khz - first_khz) * 1000:
        return False
    return not longest_ms or LoRaAirtime(*preset).of(MTU) <= longest_ms * 1000


def _list(names):
    return ", ".join(sorted(names))
