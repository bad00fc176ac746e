"""When to repeat what the neighbours may not know: often after news, ever more seldom without.

Source: RFC 6206.  The redundancy constant 0 means that a node never stays silent because others
have spoken; with k > 0 it does so after k consistent messages in one interval.
"""

from skein.ticks import ticks_add, ticks_diff


class Trickle:
    """One timer.  dice: an object with randrange(n).  redundancy: k of the RFC, 0 for none."""

    def __init__(self, dice, redundancy: int = 0):
        self._dice = dice
        self._redundancy = redundancy
        self._least_ms = self._most_ms = self._interval_ms = 2
        self._begins_at = 0
        self._heard = 0
        self._has_spoken = False
        self.due_at = 0

    def start(self, least_ms: int, most_ms: int, now: int) -> None:
        """Begin with the shortest interval.  least_ms: at least 2; most_ms: the longest one."""
        self._least_ms = least_ms
        self._most_ms = most_ms
        self._begin(least_ms, now)

    def hear_consistent(self) -> None:
        """A neighbour said what this node would say."""
        self._heard += 1

    def hear_news(self, least_ms: int, most_ms: int, now: int) -> None:
        """Somebody lacks what this node knows: begin anew, unless it is about to speak anyway."""
        self._least_ms = least_ms
        self._most_ms = most_ms
        if self._interval_ms > least_ms:
            self._begin(least_ms, now)

    def poll(self, now: int) -> bool:
        """True when it is time to speak."""
        if ticks_diff(now, self.due_at) < 0:
            return False
        if self._has_spoken:
            self._begin(min(2 * self._interval_ms, self._most_ms), now)
            return False
        self._has_spoken = True
        self.due_at = ticks_add(self._begins_at, self._interval_ms)
        return not self._redundancy or self._heard < self._redundancy

    def _begin(self, interval_ms, now):
        self._interval_ms = interval_ms
        self._begins_at = now
        self._heard = 0
        self._has_spoken = False
        half_ms = interval_ms // 2
        self.due_at = ticks_add(now, half_ms + self._dice.randrange(interval_ms - half_ms))
