"""When a node declares again what it wants."""

from micropython import const

from skein import frame as f
from skein.ticks import ticks_add, ticks_diff

_REFRESH_MS = const(30000)  # between two declarations, at the least
_SLOW_REFRESH_MS = const(1800000)  # the same on a slow link
_LONGEST_REFRESH_MS = const(14400000)
_REFRESH_SHARE = const(40)  # the declarations of all may fill one fortieth of the channel
_FIRST_MS = const(500)  # after boot: the first beacons have been heard by then
# Nodes that boot together spread their first ones over this; what is said by then they need not.
_FIRST_SPREAD_MS = const(4000)
_SLOW_FIRST_SPREAD_MS = const(600000)


class DeclarationPace:
    """One instant.  link: airtime_us(length) and is_slow.  dice: has randrange(n)."""

    def __init__(self, link, dice):
        self._link = link
        self._dice = dice
        self.due_at = 0

    def start(self, now: int) -> None:
        spread_ms = _SLOW_FIRST_SPREAD_MS if self._link.is_slow else _FIRST_SPREAD_MS
        self.due_at = ticks_add(now, _FIRST_MS + self._dice.randrange(spread_ms))

    def soon(self, now: int) -> None:
        """What the node wants has changed."""
        self.due_at = now

    def is_due(self, now: int) -> bool:
        return ticks_diff(now, self.due_at) >= 0

    def renew(self, nodes: int, around: int, now: int) -> int:
        """Set the next instant; returns how long a declaration should be good for, in ms.

        nodes: how many are known of.  around: how many are in range; each repeats each one.
        """
        airtime_ms = self._link.airtime_us(f.ROWS + f.ROW_LEN) // 1000 + 1
        floods_ms = nodes * (around + 1) * airtime_ms
        least_ms = _SLOW_REFRESH_MS if self._link.is_slow else _REFRESH_MS
        refresh_ms = max(least_ms, min(_REFRESH_SHARE * floods_ms, _LONGEST_REFRESH_MS))
        # A tenth of chance keeps nodes that booted together from declaring together for ever.
        self.due_at = ticks_add(now, refresh_ms - self._dice.randrange(refresh_ms // 10))
        return refresh_ms * 7 // 2
