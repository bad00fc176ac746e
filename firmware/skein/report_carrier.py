"""Carries reports of links to the leader, from neighbour to neighbour.

The next one is whoever said that the leader is nearest.  Reports wait a while for others, so that
several go on in one frame.  Each frame is acknowledged; what nobody takes is kept, and tried again
later.
"""

from micropython import const

from skein import frame as f
from skein import hearing_frame as h
from skein import report_frame as r
from skein.ticks import ticks_add, ticks_diff

_HOP_AIRTIMES = const(16)  # that a report waits for others to join it, the nearer the longer
_FARTHEST = const(8)  # hops; beyond them it does not wait for who is still farther away
_RECEIPT_AIRTIMES = const(12)
_TRIES = const(3)  # with one neighbour
_STEPS = const(3)  # neighbours, until it is tried again later
_RESTS = const(3)
_REST_AIRTIMES = const(400)
_FULL = const(150)  # so long a frame waits for no more
_FAR = const(255)  # hops to the leader, where that is not known or the neighbour did not answer


class ReportCarrier:
    """What one node has to hand on: one frame of it.

    planner: of the leader, which gets the reports in the end.
    given_up: how often no neighbour answered.  refused: how many frames found no room.  lost: how
    many reports went round in circles, or found nobody to take them three times.
    """

    def __init__(self, settings, hearing, planner, link, dice):
        self._node = settings.node
        self._mesh = settings.mesh
        self._epoch = settings.epoch
        neighbours = self._neighbours = hearing.neighbours
        self._hearing = hearing
        self.planner = planner
        self._link = link
        self._dice = dice
        self._hops = bytearray(len(neighbours.ids))  # of each neighbour to the leader
        self.frame = bytearray(f.MTU)
        self._length = r.REPORTS
        self._sent = 0  # reports of them that a neighbour should have taken, if it heard the frame
        self._sent_length = 0
        self._sequence = 0
        self._tries = 0
        self._steps = 0
        self._next = -1  # the row of the one that is to take it
        self._due_at = 0
        self._receipt_for = -1  # a short id
        self._receipt_of = 0
        self._rests = 0
        self._came_from = -1  # the row of the last one that handed reports to this node
        self.given_up = 0
        self.lost = 0
        self.refused = 0

    def join(self, election) -> None:
        """election: whom this node follows."""
        self._election = election

    def hear_beacon(self, frame, row: int) -> None:
        """The neighbour in `row` says how far its leader is."""
        is_ours = f.get_id(frame, f.LEADER) == self._election.leader
        self._hops[row] = frame[f.LEADER_HOPS] if is_ours else _FAR

    def forget_row(self, row: int) -> None:
        self._hops[row] = _FAR

    def room_for(self, length: int) -> int:
        """Where a report of so many bytes may be written in `frame`; 0 if there is no room."""
        return self._length if self._length + length <= f.MTU - f.TAG_LEN else 0

    def hear(self, frame, row: int, now: int) -> None:
        """Reports, or a receipt, from the neighbour in `row`.  frame: one that is whole."""
        if not r.is_for(frame, self._node):
            return
        if not frame[h.HEARD_COUNT]:
            if row == self._next and f.get_u16(frame, f.SEQUENCE) == self._sequence:
                self._drop_sent(now)
        elif self._is_taken(frame, now):
            self._came_from = row
            self._receipt_for = h.short_of(self._neighbours.ids[row])
            self._receipt_of = f.get_u16(frame, f.SEQUENCE)
        else:
            self.refused += 1

    def take(self, out, now: int) -> bool:
        """Fill `out` with a receipt, or with the reports if they are due."""
        if self._receipt_for >= 0:
            self._begin(out.buffer, self._receipt_of, self._receipt_for, 0)
            out.length = r.REPORTS
            self._receipt_for = -1
            return True
        if not self.frame[h.HEARD_COUNT] or ticks_diff(now, self._due_at) < 0:
            return False
        if not self._choose(now):
            return False
        self._sequence = (self._sequence + 1) & 0xFFFF
        hops, count = self.frame[f.HOPS], self.frame[h.HEARD_COUNT]
        target = h.short_of(self._neighbours.ids[self._next])
        self._begin(self.frame, self._sequence, target, count)
        self.frame[f.HOPS] = hops
        out.copy(self.frame, self._length)
        self._sent, self._sent_length = count, self._length - r.REPORTS
        self._tries += 1
        wait_ms = _RECEIPT_AIRTIMES * self._tries * self._airtime_ms()
        self._due_at = ticks_add(now, wait_ms + self._dice.randrange(wait_ms))
        return True

    def next_deadline(self, soonest: int) -> int:
        """That instant, or the one of the next useful poll if it comes before."""
        if self.frame[h.HEARD_COUNT] and ticks_diff(self._due_at, soonest) < 0:
            return self._due_at
        return soonest

    def _is_taken(self, frame, now):
        """Take reports into this node's hands; False if there is no room for them."""
        election = self._election
        at = r.REPORTS
        if election.leader == self._node:
            for _ in range(frame[h.HEARD_COUNT]):
                self.planner.hear(frame, at, now)
                at = r.end_of(frame, at)
            return True
        length = len(frame) - r.REPORTS
        if not election.is_elected:
            return False
        if not f.hops_left(frame):
            self.lost += frame[h.HEARD_COUNT]
            return True
        if not self.room_for(length):
            if not self._tries:
                self._due_at = now
            return False
        for _ in range(length):
            self.frame[self._length + at - r.REPORTS] = frame[at]
            at += 1
        self.frame[h.HEARD_COUNT] += frame[h.HEARD_COUNT] - 1
        self.append(length, f.hops_travelled(frame) + 1, now)
        return True

    def append(self, length: int, hops: int, now: int) -> None:
        """One more report, or several that count as one, lie behind those that wait."""
        frame = self.frame
        if self._length == r.REPORTS:
            self._wait(now)
            frame[f.HOPS] = f.HOPS_MAX << 4
        self._length += length
        frame[h.HEARD_COUNT] += 1
        travelled = max(hops, f.hops_travelled(frame))
        frame[f.HOPS] = f.HOPS_MAX - travelled << 4 | travelled
        if self._length > _FULL and not self._tries:
            self._due_at = now

    def _wait(self, now):
        step_ms = _HOP_AIRTIMES * self._airtime_ms()
        hops = min(_FARTHEST, self._election.leader_hops)
        wait_ms = (_FARTHEST - hops) * step_ms + self._dice.randrange(step_ms)
        self._due_at = ticks_add(now, wait_ms)

    def _drop_sent(self, now):
        """The neighbour has those that it was sent; others may have joined them since."""
        frame, shift = self.frame, self._sent_length
        for at in range(r.REPORTS, self._length - shift):
            frame[at] = frame[at + shift]
        left, length = frame[h.HEARD_COUNT] - self._sent, self._length - shift
        self.empty()
        if left:
            frame[h.HEARD_COUNT] = left
            self._length = length
            self._wait(now)

    def _choose(self, now):
        """Say which neighbour is to take the reports; False if it is better to wait."""
        if self._next < 0 or self._tries >= _TRIES or not self._neighbours.ids[self._next]:
            if self._next >= 0:
                self._hops[self._next] = _FAR
                self._steps += 1
            self._next = self._nearest() if self._steps < _STEPS else -1
            self._tries = 0
        if self._next >= 0:
            return True
        self.given_up += 1
        self._steps = 0
        self._rests += 1
        if self._rests >= _RESTS:
            self.lost += self.frame[h.HEARD_COUNT]
            self.empty()
            return False
        self._due_at = ticks_add(now, _REST_AIRTIMES * self._airtime_ms())
        return False

    def _nearest(self):
        ids, rssi_dbm = self._neighbours.ids, self._neighbours.rssi_dbm
        best = -1
        for row in range(len(ids)):
            if not ids[row] or not self._hearing.is_both_ways(row) or self._hops[row] == _FAR:
                continue
            if row == self._came_from and self._hops[row] >= self._election.leader_hops:
                continue
            if best >= 0 and self._hops[row] == self._hops[best]:
                is_better = rssi_dbm[row] > rssi_dbm[best]
            else:
                is_better = best < 0 or self._hops[row] < self._hops[best]
            if is_better:
                best = row
        return best

    def empty(self) -> None:
        """What waits has been taken, or is of no use any more."""
        self._length = r.REPORTS
        self.frame[h.HEARD_COUNT] = 0
        self._sent = self._sent_length = 0
        self._tries = self._steps = self._rests = 0
        self._next = -1

    def _begin(self, frame, sequence, target, count):
        f.put_header(frame, f.HEARING, self._mesh, 0)
        f.put_origin(frame, self._node, self._epoch, sequence)
        frame[h.PLACE] = h.REPORTS
        frame[h.HEARD_COUNT] = count
        f.put_u16(frame, r.NEXT, target)

    def _airtime_ms(self):
        return self._link.airtime_us(self._length) // 1000 + 1
