"""How much of a link's lawful time on the air is left, across reboots too.

A token bucket.  It holds a quarter of what the law allows in an hour and fills at the rate of the
other three quarters, so what leaves it in any hour at all is never more than what is allowed.

Priority.  The emptier it is, the more urgent a message must be to leave the queue: LOW while it
is half full, NORMAL down to three eighths, HIGH down to a quarter, CRITICAL down to the end.

Reboots.  Time on the air is written off on the flash before it is used, a sixteenth of the bucket
at a time.  A boot begins with what was left then, as if no time had passed: a node that crashes
over and over becomes silent and never exceeds its share.  Where the flash cannot be written a
boot begins with nothing.
"""

from micropython import const

from skein.ticks import ticks_add, ticks_diff
from skein.turns import CRITICAL, HIGH, LOW, NORMAL

_US_PER_HOUR_AND_SHARE = const(360000)  # an hour, in 1/10000
_SECONDS = const(3620)  # the hour, what a refill is coarse by, and a frame across its end
_CHUNKS = const(16)


class AirtimeGovernor:
    """duty: share of the time that may be used, in 1/10000.  longest_us: of any frame.

    ledger: keeps a number: `term`, what of the bucket was used, in ms; `save(term)`;
    `is_writable`.
    """

    def __init__(self, duty: int, longest_us: int, ledger, now: int):
        allowed_us = _US_PER_HOUR_AND_SHARE * duty
        self.capacity_us = allowed_us // 4
        self._us_per_s = (allowed_us - self.capacity_us) // _SECONDS
        self._s_to_full = self.capacity_us // self._us_per_s + 1
        self._longest_us = longest_us
        self._chunk_us = max(longest_us, self.capacity_us // _CHUNKS)
        self._ledger = ledger
        used_us = ledger.term * 1000 if ledger.is_writable else self.capacity_us
        self.level_us = max(0, self.capacity_us - used_us)
        self._written_us = self.level_us  # what the flash says is left
        self._filled_at = now

    def lowest(self, now: int) -> int:
        """The least urgent priority that may be sent now, or -1 when nothing may."""
        self._fill(now)
        level_us = self.level_us
        if level_us < self._longest_us:
            return -1
        eighth_us = self.capacity_us >> 3
        if level_us >= 4 * eighth_us:
            return LOW
        if level_us >= 3 * eighth_us:
            return NORMAL
        return HIGH if level_us >= 2 * eighth_us else CRITICAL

    def reserve(self) -> None:
        """Write off, on the flash, enough for the longest frame; call before `spend`."""
        is_short = self.level_us - self._longest_us < self._written_us
        is_behind = self.level_us == self.capacity_us and 2 * self._written_us < self.capacity_us
        if is_short or is_behind:
            self._written_us = max(0, self.level_us - self._chunk_us)
            self._ledger.save((self.capacity_us - self._written_us + 999) // 1000)

    def spend(self, airtime_us: int) -> None:
        """A frame goes on the air."""
        self.level_us = max(0, self.level_us - airtime_us)

    def _fill(self, now):
        seconds = ticks_diff(now, self._filled_at) // 1000
        if seconds <= 0:
            return
        self._filled_at = ticks_add(self._filled_at, 1000 * seconds)
        if seconds >= self._s_to_full:
            self.level_us = self.capacity_us
        else:
            self.level_us = min(self.capacity_us, self.level_us + seconds * self._us_per_s)
