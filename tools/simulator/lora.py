"""LoRa: the modem's settings by name, time on air, path loss, and the figures for the air.

Sources: Semtech's time-on-air formula (checked against the tables of the tests); the settings are
the published Meshtastic presets; propagation and receiver figures are those of the simulator that
the Meshtastic project uses (3GPP suburban macro, 250 kHz at SF 11: -131.5 dBm, noise -119.25 dBm).
"""

from dataclasses import dataclass
from math import ceil, log10

from tools.simulator import SimulatorError
from tools.simulator.phy import Phy

PREAMBLE_SYMBOLS = 16
FREQUENCY_HZ = 908.75e6
TX_POWER_DBM = 30.0
LINK_OFFSET_SIGMA_DB = 3.0
CAPTURE_DB = 6.0
MTU_BYTES = 255

_REFERENCE_SENSITIVITY_DBM = -131.5
_REFERENCE_NOISE_DBM = -119.25
_REFERENCE_BANDWIDTH_HZ = 250_000
_CAD_MARGIN_DB = 3.0
_OUTSIDE_BUSY_SHARE = 0.1
_HARDWARE_US = 7_600  # propagation 0.2 ms, turn-round 0.4 ms, processing 7 ms
_LOW_RATE_SYMBOL_US = 16_000


@dataclass(frozen=True)
class Preset:
    """A modem setting. coding_rate: 1..4 for 4/5..4/8; 5 stands for the 4/9 of `stock`."""

    name: str
    bandwidth_hz: float
    spreading_factor: int
    coding_rate: int

    @property
    def symbol_us(self) -> float:
        return 2**self.spreading_factor / self.bandwidth_hz * 1e6

    def slot_us(self, cad_symbols: float = 2.5) -> int:
        """A contention slot: the symbols that a look at the channel takes, and the hardware."""
        return round(cad_symbols * self.symbol_us) + _HARDWARE_US


PRESETS = {
    name: Preset(name, bandwidth_hz, spreading_factor, coding_rate)
    for name, bandwidth_hz, spreading_factor, coding_rate in (
        ("SHORT_TURBO", 500e3, 7, 1),
        ("SHORT_FAST", 250e3, 7, 1),
        ("SHORT_SLOW", 250e3, 8, 1),
        ("MEDIUM_TURBO", 500e3, 9, 1),
        ("MEDIUM_FAST", 250e3, 9, 1),
        ("MEDIUM_SLOW", 250e3, 10, 1),
        ("LONG_TURBO", 500e3, 11, 4),
        ("LONG_FAST", 250e3, 11, 1),
        ("LONG_MODERATE", 125e3, 11, 4),
        ("LONG_SLOW", 125e3, 12, 4),
        ("LITE_FAST", 125e3, 9, 1),
        ("LITE_SLOW", 125e3, 10, 1),
        ("NARROW_FAST", 62.5e3, 7, 2),
        ("NARROW_SLOW", 62.5e3, 8, 2),
        ("TINY_FAST", 15.6e3, 7, 1),
        ("TINY_SLOW", 15.6e3, 8, 2),
    )
}
LONG_FAST = PRESETS["LONG_FAST"]


def preset_named(name: str) -> Preset:
    """The setting of that name. Raises SimulatorError when there is none."""
    if name not in PRESETS:
        raise SimulatorError(f"there is no LoRa preset {name!r}, only {', '.join(PRESETS)}")
    return PRESETS[name]


def airtime_us(length_bytes: int, preset: Preset, preamble_symbols: int = PREAMBLE_SYMBOLS) -> int:
    """Time on air of a frame with explicit header and CRC, in microseconds, SF 7 to 12.

    length_bytes: header and payload, 0..255.
    """
    factor = preset.spreading_factor
    useful_bits = factor - (2 if preset.symbol_us >= _LOW_RATE_SYMBOL_US else 0)
    blocks = ceil((8 * length_bytes - 4 * factor + 28 + 16) / (4 * useful_bits))
    symbols = preamble_symbols + 4.25 + 8 + max(0, blocks) * (preset.coding_rate + 4)
    return round(symbols * preset.symbol_us)


def path_loss_db(distance_m: float, frequency_hz: float = FREQUENCY_HZ) -> float:
    """Loss between two antennas 1 m above the ground, in dB; distance_m > 0."""
    return 44.9 * (log10(distance_m) - 3) + 45.5 + 34.36 * (log10(frequency_hz) - 6) + 0.7


def mean_range_m(weakest_dbm: float) -> float:
    """The distance at which a link without offset arrives with `weakest_dbm`."""
    budget_db = TX_POWER_DBM - weakest_dbm - path_loss_db(1000.0)
    return 1000.0 * 10 ** (budget_db / 44.9)


def sensitivity_dbm(preset: Preset) -> float:
    """Weakest decodable frame: 2.5 dB a spreading factor, 3 dB a halving of the bandwidth."""
    by_factor_db = 2.5 * (11 - preset.spreading_factor)
    return _REFERENCE_SENSITIVITY_DBM + by_factor_db + _bandwidth_db(preset)


def lora_phy(preset: Preset = LONG_FAST, cad_symbols: float = 2.5) -> Phy:
    """The air as LoRa sees it.

    The slack is the reference's preamble rule with its unit slip (seconds compared with
    milliseconds) kept, because its published results have it: in effect any overlap counts.
    """
    weakest_dbm = sensitivity_dbm(preset)
    airtimes_us = [airtime_us(length, preset) for length in range(MTU_BYTES + 1)]
    return Phy(
        name=f"lora {preset.name}",
        sensitivity_dbm=weakest_dbm,
        sense_dbm=weakest_dbm - _CAD_MARGIN_DB,
        noise_dbm=_REFERENCE_NOISE_DBM + _bandwidth_db(preset),
        capture_db=CAPTURE_DB,
        overlap_slack_us=int(preset.symbol_us * (PREAMBLE_SYMBOLS - 5) / 1000),
        sense_delay_us=preset.slot_us(cad_symbols),
        outside_busy_share=_OUTSIDE_BUSY_SHARE,
        mtu_bytes=MTU_BYTES,
        airtime_us=airtimes_us.__getitem__,
    )


def _bandwidth_db(preset):
    return 10 * log10(preset.bandwidth_hz / _REFERENCE_BANDWIDTH_HZ)
