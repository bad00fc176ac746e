"""When the claim of another leader may cross a link: not at the edge of range.

Two parts that meet become one only over a link by which two of the last three beacons came.
Where the leader so found was lost again within 32 of its periods, three in a row are asked for,
then four, then five: a link that fails now and then holds two parts together, one that fails most
of the time keeps them apart for long instead of flapping.  32 periods without such a loss take one
back.  A node without a leader takes any claim, by any link.
"""

from micropython import const

from skein.ticks import ticks_diff

_MOST = const(4)
_TRIAL_PERIODS = const(32)


class MergeGuard:
    """needed: how many beacons the last one must have followed without a gap; 1 is lenient."""

    def __init__(self):
        self.needed = 1
        self._is_on_trial = False
        self._merged_at = 0

    def trusts(self, history: int) -> bool:
        """history: a bit for each of the last eight beacons of a link, lowest for the last."""
        if self.needed == 1:
            return history & 6 != 0
        mask = (2 << self.needed) - 1
        return history & mask == mask

    def merged(self, now: int) -> None:
        """This node left a leader that lives for another one."""
        self._is_on_trial = True
        self._merged_at = now

    def heard_beat(self, period_ms: int, now: int) -> None:
        """The leader lives.  period_ms: of its heartbeats."""
        if not self._is_on_trial:
            return
        if ticks_diff(now, self._merged_at) >= _TRIAL_PERIODS * period_ms:
            self.needed = max(1, self.needed - 1)
            self._is_on_trial = self.needed > 1
            self._merged_at = now

    def lost(self) -> None:
        """The leader fell silent."""
        if self._is_on_trial:
            self.needed = min(_MOST, self.needed + 1)
