"""Which neighbours have fallen silent: long before they are forgotten, so that others step in.

A neighbour is silent when nothing came from it for three of the periods of its beacons, or while
a few messages went by, of which those who pass messages on should have repeated some.
"""

from micropython import const

from skein import frame as f
from skein.ticks import ticks_diff

_MESSAGES = const(40)  # of many it need not pass on any, since others were faster
_PERIODS = const(3)


class Silence:
    """One count for each row of the Neighbours."""

    def __init__(self, neighbours):
        self._neighbours = neighbours
        self._unheard = bytearray(len(neighbours.ids))

    def heard(self, row: int) -> None:
        """A frame of whatever kind came from the neighbour in `row`, or a new one took it."""
        self._unheard[row] = 0

    def met_message(self) -> None:
        """This node met a message that is to be passed on."""
        for row in range(len(self._unheard)):
            self._unheard[row] = min(_MESSAGES, self._unheard[row] + 1)

    def is_silent(self, row: int, now: int) -> bool:
        """True for a neighbour that passes messages on, if it seems to be gone."""
        neighbours = self._neighbours
        if self._unheard[row] >= _MESSAGES:
            return True
        period_ms = f.get_period(neighbours.periods, row)
        is_known = neighbours.histories[row] != 0  # a beacon said how long its period is
        return is_known and ticks_diff(now, neighbours.heard_at[row]) >= _PERIODS * period_ms
