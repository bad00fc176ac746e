"""When a node may send its next beacon."""

from skein.ticks import ticks_add, ticks_diff


class BeaconPace:
    """One instant, moved nearer by news and away by having spoken.

    beat_ms: the period of heartbeats.  spread_ms: within which neighbours spread what all of
    them want to say.  dice: an object with randrange(n).
    """

    def __init__(self, dice):
        self.beat_ms = 2000
        self.spread_ms = 20
        self._dice = dice
        self.longest_ms = 4000  # no other node is believed to beat more slowly
        self.misses = 3  # periods without a newer beat after which a leader counts as lost
        self.windows = 4  # in a beat; within one, all have heard whoever stands for election
        self.few = 3  # neighbours; a node that has less says each beacon twice
        self.most_in_a_period = 16  # bounds what news, true or invented, can make a node say
        self.due_at = 0
        self._spoke_at = 0
        self._period_at = 0
        self._said = 0  # beacons since `_period_at`
        self._answers = 0  # of which were asked for, or are still due

    def start(self, now: int) -> None:
        self._spoke_at = ticks_add(now, -self.beat_ms)
        self._period_at = now
        self.due_at = ticks_add(now, self._dice.randrange(self.spread_ms))

    def speak_now(self, now: int) -> None:
        self._sooner(now)

    def pass_on(self, now: int) -> None:
        """A claim arrived that the neighbours may not have: speak within the spread."""
        self._sooner(ticks_add(now, self._dice.randrange(self.spread_ms)))

    def pass_on_beat(self, now: int) -> None:
        """A newer beat arrived: the same, but not at the pace of a leader with less around it."""
        wait_ms = self._dice.randrange(self.spread_ms)
        quiet_ms = self.beat_ms // 2 - ticks_diff(now, self._spoke_at)
        self._sooner(ticks_add(now, max(wait_ms, quiet_ms)))

    def answer(self, now: int) -> bool:
        """A neighbour knows less than this node: speak within the spread, if not just done.

        A quarter of what may be said in a period may be said so; False when it was.
        """
        is_running = ticks_diff(now, self._period_at) < self.beat_ms
        if is_running and self._answers * 4 >= self.most_in_a_period:
            return False
        wait_ms = self._dice.randrange(self.spread_ms)
        quiet_ms = self.beat_ms // self.most_in_a_period - ticks_diff(now, self._spoke_at)
        if self._sooner(ticks_add(now, max(wait_ms, quiet_ms))):
            self._answers += 1
        return True

    def is_due(self, now: int) -> bool:
        return ticks_diff(now, self.due_at) >= 0

    def spoke(self, now: int, silence_ms: int) -> None:
        """A beacon was sent; without news the next follows after `silence_ms`."""
        if ticks_diff(now, self._period_at) >= self.beat_ms:
            self._period_at = now
            self._said = 0
            self._answers = 0
        self._said += 1
        self._spoke_at = now
        self.due_at = self._allowed(ticks_add(now, silence_ms))

    def _sooner(self, instant):
        instant = self._allowed(instant)
        if ticks_diff(instant, self.due_at) >= 0:
            return False
        self.due_at = instant
        return True

    def _allowed(self, instant):
        """That instant, or the end of a period in which enough was said."""
        if self._said < self.most_in_a_period:
            return instant
        period_end = ticks_add(self._period_at, self.beat_ms)
        return period_end if ticks_diff(instant, period_end) < 0 else instant
