"""The windows of time that are open at one tier: a table of rows that are added to."""

from array import array

from micropython import const

from skein import frame as f
from skein import summary as s
from skein.ticks import ticks_add, ticks_diff

_LONGEST_MS = const(655350)  # what a row can tell of its bounds


class Windows:
    """At most `capacity` rows, 1 to 24, each over `window_ms` after it began.

    Real bounds: a row tells of the first and the last event in it.  There is one row for a topic
    and a strategy.  A full table gives up nothing: its owner closes the oldest row early, or
    refuses what is new.
    """

    def __init__(self, capacity: int, window_ms: int):
        self.window_ms = window_ms
        self.rows = [bytearray(s.ROOM) for _ in range(capacity)]
        self._opened_at = array("i", bytes(4 * capacity))
        self._started_at = array("i", bytes(4 * capacity))
        self._ended_at = array("i", bytes(4 * capacity))
        self._packed = 0  # as bits
        self.count = 0

    def find(self, topic: int, strategy: int) -> int:
        """The open row of a topic, or -1."""
        for at in range(len(self.rows)):
            row = self.rows[at]
            is_topic = row[s.LENGTH] and f.get_id(row, s.TOPIC) == topic
            if is_topic and s.strategy_of(row, 0) == strategy:
                return at
        return -1

    def open(self, topic: int, strategy, priority: int, now: int) -> int:
        """Begin a row; -1 when the table is full."""
        for at in range(len(self.rows)):
            if not self.rows[at][s.LENGTH]:
                s.begin(self.rows[at], topic, strategy.number, priority, strategy.length)
                self._opened_at[at] = now
                self._started_at[at] = self._ended_at[at] = now
                self.count += 1
                return at
        return -1

    def stretch(self, at: int, started_at: int, ended_at: int, is_first: bool) -> None:
        """Let the row's bounds hold these, too."""
        if is_first or ticks_diff(started_at, self._started_at[at]) < 0:
            self._started_at[at] = started_at
        if is_first or ticks_diff(ended_at, self._ended_at[at]) > 0:
            self._ended_at[at] = ended_at

    def oldest(self) -> int:
        """The row that was opened first, or -1."""
        oldest = -1
        for at in range(len(self.rows)):
            if not self.rows[at][s.LENGTH]:
                continue
            if oldest < 0 or ticks_diff(self._opened_at[at], self._opened_at[oldest]) < 0:
                oldest = at
        return oldest

    def is_over(self, at: int, now: int) -> bool:
        """True if this row is open and its time is over."""
        if not self.rows[at][s.LENGTH]:
            return False
        return ticks_diff(now, self._opened_at[at]) >= self.window_ms

    def due_at(self, at: int) -> int:
        """The instant at which the row is over."""
        return ticks_add(self._opened_at[at], self.window_ms)

    def next_due(self, soonest: int) -> int:
        """The instant at which the next row is over, at the latest `soonest`."""
        for at in range(len(self.rows)):
            if self.rows[at][s.LENGTH] and ticks_diff(self.due_at(at), soonest) < 0:
                soonest = self.due_at(at)
        return soonest

    def pack(self, frame, start: int, end: int, first: int, now: int) -> int:
        """Copy row `first`, and all that are over and fit, into frame[start:end]; where they end.

        `first` always fits: it is copied before the others.
        """
        self._packed = 0
        length = self._pack_one(frame, start, first, now)
        for at in range(len(self.rows)):
            row_len = self.rows[at][s.LENGTH]
            if at != first and self.is_over(at, now) and length + row_len <= end:
                length = self._pack_one(frame, length, at, now)
        return length

    def close_packed(self) -> None:
        """What was packed has left."""
        for at in range(len(self.rows)):
            if self._packed >> at & 1:
                self.close(at)

    def stamp(self, at: int, now: int) -> None:
        """Write the bounds into the row, as ages."""
        row = self.rows[at]
        f.put_u16(row, s.STARTED_CS, _age_cs(now, self._started_at[at]))
        f.put_u16(row, s.ENDED_CS, _age_cs(now, self._ended_at[at]))

    def close(self, at: int) -> None:
        """The row's place is free."""
        self.rows[at][s.LENGTH] = 0
        self.count -= 1

    def _pack_one(self, frame, start, at, now):
        self.stamp(at, now)
        self._packed |= 1 << at
        s.copy(frame, start, self.rows[at], 0, self.rows[at][s.LENGTH])
        return start + self.rows[at][s.LENGTH]


def _age_cs(now, instant):
    return max(0, min(_LONGEST_MS, ticks_diff(now, instant))) // 10
