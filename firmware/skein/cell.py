"""The cell of a node: who belongs to it, near and far, and what is above it.

Imported only where the settings ask for members or name a cell.
"""

from micropython import const

from skein import beacon_parts as p
from skein import frame as f
from skein.ids import NOBODY
from skein.member_news import MemberNews
from skein.members import LEFT, Members
from skein.ticks import ticks_diff

_MOST_SLOW_ROWS = const(3)
_GOODBYES = const(3)  # a lost frame must not make a death of it


class Cell:
    """What a node adds to its beacons and reads in those of others.

    node: the Node.  tiers: None where the settings name no cell.
    """

    def __init__(self, settings, node, link, dice):
        self._node = node
        self._pace = node.election.pace
        self.members = Members(settings.members, self._pace, node.neighbours)
        self.news = MemberNews(node.id, self.members, self._pace, node.neighbours)
        if link.is_slow:
            self.news.most_rows = _MOST_SLOW_ROWS
        self.tiers = None
        if settings.cell != NOBODY:
            from skein.tiers import Tiers  # noqa: PLC0415 - its code takes heap

            self.tiers = Tiers(settings, node, self.members, dice)
        self.is_leaving = False
        self._goodbyes = 0

    def start(self, now: int) -> None:
        """Begin to take part."""
        if self.tiers:
            self.tiers.start(now)

    def leave(self, now: int) -> None:
        """Say goodbye, a few times, and from now on in every beacon."""
        self.is_leaving = True
        self._goodbyes = _GOODBYES
        self._pace.speak_now(now)

    def hear(self, frame, now: int) -> bool:
        """A frame was heard that passed frame.check; False if its sender is of another cell."""
        if f.kind_of(frame) == f.BEACON:
            return self._hear_beacon(frame, now)
        row = self.members.find(f.get_id(frame, f.SENDER))
        if row >= 0 and self.members.states[row] != LEFT:
            self.members.hear(row, self.members.boots[row], now)
        if self.tiers:
            self.tiers.formation.hear_neighbour(f.get_id(frame, f.SENDER), now)
        return True

    def poll(self, now: int) -> bool:
        """Do what is due; True means that a beacon should be sent now."""
        return self.tiers is not None and self.tiers.poll(now)

    def soonest(self, instant: int) -> int:
        """That instant, or that of the next useful poll when it comes before."""
        if self.tiers is None:
            return instant
        deadline = self.tiers.next_deadline()
        return deadline if ticks_diff(deadline, instant) < 0 else instant

    def write(self, frame, now: int) -> int:
        """Complete a BEACON; returns its length."""
        if self._goodbyes:
            self._goodbyes -= 1
            self._pace.pass_on(now)
        count = self.news.write(frame, now)
        frame[p.WHAT] = count | (p.LEAVING if self.is_leaving else 0)
        length = p.FIRST_ROW + count * p.ROW_LEN
        if self.tiers is None:
            return length
        frame[p.WHAT] |= p.TIERS
        self.tiers.write(frame, length, now)
        return length + p.TIERS_LEN

    def expire(self, now: int) -> int:
        """Let the members age, once a second; returns the longest length of a beacon."""
        self.members.expire(now)
        length = p.FIRST_ROW + self.news.most_rows * p.ROW_LEN
        if self.tiers is None:
            return length
        self.tiers.set_pace()
        return length + p.TIERS_LEN

    def _hear_beacon(self, frame, now):
        has_parts = p.check(frame)
        if len(frame) > p.WHAT and not has_parts:
            self.news.nonsense += 1
        is_ours = self.tiers is None or self.tiers.hear(frame, has_parts, now)
        row = self.members.find(f.get_id(frame, f.SENDER))
        if not is_ours or (has_parts and frame[p.WHAT] & p.LEAVING):
            if row >= 0:
                self.members.accept(row, frame[f.EPOCH], now, now)
                self.members.turn(row, LEFT, now)
        elif row >= 0:
            self.members.hear(row, frame[f.EPOCH], now)
        else:
            self.members.meet(f.get_id(frame, f.SENDER), frame[f.EPOCH], now)
        if is_ours and has_parts:
            self.news.hear(frame, now)
        return is_ours
