"""What a model of the air needs to know of a radio, whichever radio it is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Phy:
    """The figures of one radio setting.

    sensitivity_dbm: weakest frame that can be decoded.
    sense_dbm: weakest frame that is noticed when a node looks whether the channel is free.
    noise_dbm: level against which the signal-to-noise ratio is stated.
    capture_db: two frames closer than this destroy each other, else the weaker one is lost;
        None when even the stronger one is lost.
    overlap_slack_us: a frame may begin this long before another one's end without harm.
    sense_delay_us: a frame is noticed (not decoded) only when it began this long ago.
    outside_busy_share: share of looks at the channel that find it busy for outside reasons.
    mtu_bytes: longest frame.
    airtime_us: time on air of a frame of so many bytes, in microseconds.
    """

    name: str
    sensitivity_dbm: float
    sense_dbm: float
    noise_dbm: float
    capture_db: float | None
    overlap_slack_us: int
    sense_delay_us: int
    outside_busy_share: float
    mtu_bytes: int
    airtime_us: Callable[[int], int]
