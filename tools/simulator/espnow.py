"""ESP-NOW at 1 Mb/s: time on air, how far it carries, and the figures for the air.

Sources: IEEE 802.11b (long preamble 192 us, slot 20 us, DIFS 50 us, 31 back-off slots); 43 bytes
of frame around the payload; 250 bytes of payload.
"""

from dataclasses import replace
from math import log10

from tools.simulator.phy import Phy

MTU_BYTES = 250
SLOT_US = 20
DIFS_US = 50
BACK_OFF_SLOTS = 31
DEFAULT_RANGE_M = 100.0

_PREAMBLE_US = 192
_OVERHEAD_BYTES = 43
_SENSITIVITY_DBM = -94.0
_NOISE_DBM = -98.0
_PATH_LOSS_EXPONENT = 3.0
_CLEAR_CHANNEL_CHECK_US = 15


def airtime_us(length_bytes: int) -> int:
    """Time on air of a frame with `length_bytes` of payload, in microseconds."""
    return _PREAMBLE_US + 8 * (_OVERHEAD_BYTES + length_bytes)


def rssi_dbm(distance_m: float, range_m: float = DEFAULT_RANGE_M) -> float:
    """Signal at `distance_m`; at `range_m` it is just decodable."""
    return _SENSITIVITY_DBM + 10 * _PATH_LOSS_EXPONENT * log10(range_m / max(distance_m, 0.1))


ESPNOW_PHY = Phy(
    name="espnow",
    sensitivity_dbm=_SENSITIVITY_DBM,
    sense_dbm=_SENSITIVITY_DBM,
    noise_dbm=_NOISE_DBM,
    capture_db=None,
    overlap_slack_us=0,
    sense_delay_us=_CLEAR_CHANNEL_CHECK_US,
    outside_busy_share=0.0,
    mtu_bytes=MTU_BYTES,
    airtime_us=airtime_us,
)


def espnow_phy(capture_db: float | None = None) -> Phy:
    """The air as ESP-NOW sees it; with `capture_db` the stronger of two frames may survive."""
    return replace(ESPNOW_PHY, capture_db=capture_db)
