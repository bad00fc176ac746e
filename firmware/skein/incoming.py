"""Payloads that arrive in pieces: each is put together once and handed out once.

A row tells of one transfer, by its source, the source's boot and its number: half, whole but
unread, or read.  Rows of what was read stay, so that a piece that comes late begins nothing anew.
A buffer is taken by a transfer of which not all was read.

Full.  A source holds one buffer for what is half, so a flood of beginnings costs its own one.
Where no buffer is free the newcomer takes that of a half transfer which had no new piece for a
while; else it is refused, and its source tries again.  Of rows the oldest that was read gives way.
"""

from array import array

from micropython import const

from skein import fragment as g
from skein import frame as f
from skein.ids import NOBODY
from skein.ticks import ticks_add, ticks_diff

ROWS = const(16)

_NO_BUFFER = const(255)
_STALLED = const(32)  # pauses of the courier without a new piece, and a newcomer takes the place
_SOON = const(2)  # pauses, from the last piece of a round to a report of what is lacking
_LATER = const(16)  # from any other piece
_MOST_DOUBLINGS = const(4)
_KEPT_MS = const(7200000)  # twice the longest life of a transfer
_NEVER = const(-1)


class Incoming:
    """capacity: buffers, of WHOLE_MAX bytes each.  pause_ms: of the courier.

    refused: pieces of transfers for which there was no room.
    """

    def __init__(self, capacity: int, pause_ms: int, dice):
        self._pause_ms = pause_ms
        self._dice = dice
        self._buffers = [bytearray(g.WHOLE_MAX) for _ in range(capacity)]
        self.sources = array("i", bytes(4 * ROWS))
        self.boots = bytearray(ROWS)
        self.numbers = array("H", bytes(2 * ROWS))
        self.came = array("i", bytes(4 * ROWS))  # a bit for each piece
        self._lengths = array("H", bytes(2 * ROWS))
        self._ids = bytearray(ROWS)  # how many each piece names
        self._buffer_of = bytearray(bytes((_NO_BUFFER,)) * ROWS)
        self._moved_at = array("i", bytes(4 * ROWS))
        self._report_at = array("i", [_NEVER] * ROWS)
        self.reports = bytearray(ROWS)  # given since a piece came
        self._due = 0  # how many reports
        self._read = _NEVER  # the row that the application has in hands, or none
        self.refused = self.malformed = 0

    def hear(self, frame, at: int, now: int) -> None:
        """A piece that is for this node came; it passed `is_fragment`."""
        row = self._find(
            f.get_id(frame, f.ORIGIN), frame[f.EPOCH], f.get_u16(frame, at + g.NUMBER)
        )
        if row < 0:
            row = self._begin(frame, at, now)
            if row < 0:
                self.refused += 1
                return
        is_same = g.id_count(frame, at) == self._ids[row]
        if not is_same or f.get_u16(frame, at + g.LENGTH) != self._lengths[row]:
            self.malformed += 1
            return
        if not self._is_whole(row):
            self._take(row, frame, at, now)
        elif frame[at] & g.IS_ASKED and self._report_at[row] == _NEVER:
            self._report_in(row, 0, now)

    def next_report(self, now: int) -> int:
        """The row of which a report is due, or -1; the next one is due later."""
        for row in range(ROWS if self._due else 0):
            report_at = self._report_at[row]
            if self.sources[row] and report_at != _NEVER and ticks_diff(now, report_at) >= 0:
                self.reports[row] = (self.reports[row] + 1) & 0xFF
                doublings = self.reports[row]
                self._report_at[row] = _NEVER
                self._due -= 1
                if not self._is_whole(row) and doublings <= _MOST_DOUBLINGS:
                    self._report_in(row, _LATER << doublings, now)
                return row
        return -1

    def write_report(self, frame, at: int, row: int) -> int:
        """Say which pieces came; returns the frame's length."""
        frame[at] = g.IS_REPORT
        f.put_u16(frame, at + g.NUMBER, self.numbers[row])
        f.put_id(frame, at + g.SOURCE, self.sources[row])
        frame[at + g.BOOT] = self.boots[row]
        f.put_u16(frame, at + g.CAME, self.came[row])
        frame[at + g.CAME + 2] = self.came[row] >> 16
        return at + g.REPORT_LEN

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next report, at the latest `soonest`."""
        for row in range(ROWS if self._due else 0):
            report_at = self._report_at[row]
            if self.sources[row] and report_at != _NEVER and ticks_diff(report_at, soonest) < 0:
                soonest = report_at
        return soonest

    def _expire(self, now):
        """Forget what came so long ago that nothing of it can be on its way."""
        for row in range(ROWS):
            is_read = self._is_whole(row) and self._buffer_of[row] == _NO_BUFFER
            is_old = ticks_diff(now, self._moved_at[row]) >= _KEPT_MS
            if self.sources[row] and is_old and (is_read or self._is_half(row)):
                self._forget(row)

    def next_whole(self):
        """(source, topic, payload) of what has waited longest, or None.

        payload: a view of the buffer, which holds it until this is called again.
        """
        if self._read >= 0:
            self._buffer_of[self._read] = _NO_BUFFER
        row = self._read = self._oldest(True)
        if row < 0:
            return None
        whole = self._buffers[self._buffer_of[row]]
        begin = 1 + whole[0]
        payload = memoryview(whole)[begin : self._lengths[row]]
        return self.sources[row], bytes(whole[1:begin]).decode(), payload

    def _take(self, row, frame, at, now):
        bit = 1 << frame[at + g.INDEX]
        if not self.came[row] & bit:
            g.read_piece(frame, at, self._buffers[self._buffer_of[row]])
            self.came[row] |= bit
            self.reports[row] = 0
            self._moved_at[row] = now
        if self._is_whole(row):
            self._report_in(row, 0, now)
        elif frame[at] & (g.IS_LAST | g.IS_ASKED):
            self._report_in(row, _SOON, now)
        else:
            self._report_in(row, _LATER, now)

    def _is_whole(self, row):
        return self.came[row] == (1 << g.count_of(self._lengths[row], self._ids[row])) - 1

    def _report_in(self, row, pauses, now):
        """Later by chance, so that those who heard one piece do not all report at once."""
        if self._report_at[row] == _NEVER:
            self._due += 1
        wait_ms = pauses * self._pause_ms + self._dice.randrange(self._pause_ms)
        self._report_at[row] = ticks_add(now, wait_ms)

    def _begin(self, frame, at, now):
        """Give a transfer a row and a buffer; the row, or -1."""
        self._expire(now)
        source = f.get_id(frame, f.ORIGIN)
        buffer = self._buffer_for(source, frame[f.EPOCH], now)
        row = self._room() if buffer != _NO_BUFFER else -1
        if row < 0:
            return -1
        self.sources[row] = source
        self.boots[row] = frame[f.EPOCH]
        self.numbers[row] = f.get_u16(frame, at + g.NUMBER)
        self._lengths[row] = f.get_u16(frame, at + g.LENGTH)
        self._ids[row] = g.id_count(frame, at)
        self._buffer_of[row] = buffer
        self.came[row] = 0
        self.reports[row] = 0
        return row

    def _buffer_for(self, source, boot, now):
        stalled_ms = _STALLED * self._pause_ms
        victim = -1
        for row in range(ROWS):
            if not self._is_half(row):
                continue
            is_stalled = ticks_diff(now, self._moved_at[row]) >= stalled_ms
            if self.sources[row] == source:
                if not is_stalled and self.boots[row] == boot:
                    return _NO_BUFFER
                self._forget(row)
            elif is_stalled:
                victim = row
        buffer = self._free_buffer()
        if buffer == _NO_BUFFER and victim >= 0:
            self._forget(victim)
            buffer = self._free_buffer()
        return buffer

    def _free_buffer(self):
        for buffer in range(len(self._buffers)):
            for row in range(ROWS):
                if self._buffer_of[row] == buffer:
                    break
            else:
                return buffer
        return _NO_BUFFER

    def _is_half(self, row):
        return self._buffer_of[row] != _NO_BUFFER and not self._is_whole(row)

    def _forget(self, row):
        if self._report_at[row] != _NEVER:
            self._report_at[row] = _NEVER
            self._due -= 1
        self.sources[row] = NOBODY
        self._buffer_of[row] = _NO_BUFFER

    def _room(self):
        for row in range(ROWS):
            if self.sources[row] == NOBODY:
                return row
        row = self._oldest(False)
        if row >= 0:
            self._forget(row)
        return row

    def _oldest(self, is_unread):
        """The row that moved longest ago, of those that are whole and unread, or read; or -1."""
        oldest = -1
        for row in range(ROWS):
            is_held = self._buffer_of[row] != _NO_BUFFER
            if is_held == is_unread and self.sources[row] and self._is_whole(row):
                moved_at = self._moved_at[row]
                if oldest < 0 or ticks_diff(moved_at, self._moved_at[oldest]) < 0:
                    oldest = row
        return oldest

    def _find(self, source, boot, number):
        for row in range(ROWS):
            if (
                self.sources[row] == source
                and self.boots[row] == boot
                and self.numbers[row] == number
            ):
                return row
        return -1
