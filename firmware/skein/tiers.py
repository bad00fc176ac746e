"""Several cells in one mesh: each elects a leader, and the leaders elect one of theirs.

A beacon says of which cell its sender is; claims of another cell's leader do not count in ours.
Beside the claim of the cell it carries that of the tier above, the formation, across all cells.
It is the same election: only leaders of cells stand in it, everybody else passes its claims on.
The formation beats four times more slowly than a cell, and its beats ride on the beacons that
the cells send anyway, so that they cost bytes and no frames.  Its own detection is as slow; but a
cell misses its leader sooner, and if that one led the formation, and no beat of it comes beyond
its cell either, who comes after it below takes its place above.
"""

from micropython import const

from skein import beacon_parts as p
from skein import frame as f
from skein import override
from skein.election import Election
from skein.ids import NOBODY
from skein.role import FOLLOW, LEADER
from skein.ticks import ticks_diff

_BEATS = const(4)  # of a cell, to one of the formation
_MOST_BEACONS = const(24)  # in a beat of the formation, on its account
_NONE = const(-1)
_CLAIM_LEN = const(20)  # f.BEACON_LEN - f.ROLE


class Tiers:
    """The cell of a node and its part in the formation.

    node: the Node.  members: its Members.  dice: has randrange(n).  cell: the id of the cell.
    size: None where the settings give no limits to it.
    """

    def __init__(self, settings, node, members, dice):
        self._node = node
        self._members = members
        self.cell = settings.cell
        self.size = None
        if settings.members and settings.cell_min + settings.cell_max:
            from skein.cell_size import CellSize  # noqa: PLC0415 - its code takes heap

            self.size = CellSize(settings, node, members, dice)
        self.moves = 0  # how often this node went to another cell
        self.formation = Election(node.id, node.election.score, 0, dice)
        self.formation.pace.most_in_a_period = _MOST_BEACONS
        self.formation.pace.windows *= _BEATS
        self._claim = bytearray(f.BEACON_LEN)  # the formation's, where an Election looks for it
        self._has_spoken = False
        self._last_beat = _NONE  # of the formation's leader, while this node may inherit from it

    def start(self, now: int) -> None:
        """Begin to listen."""
        self.set_pace()
        self.formation.start(now)

    def move(self, cell: int, now: int) -> None:
        """Go to another cell, whose leader and members are still to be heard."""
        self.cell = cell
        self.moves += 1
        self._members.clear()
        self._node.election.become_follower(NOBODY, 0, False, now)
        self._node.election.lost.node = NOBODY  # it leads on, there

    def hear(self, frame, has_parts: bool, now: int) -> bool:
        """A BEACON was heard; True if its sender is, or now is, of the same cell."""
        at = p.tiers_at(frame) if has_parts else -1
        if at < 0:
            return False
        self._hear_claim(frame, at, now)
        theirs = f.get_id(frame, at)
        size = self.size
        if size is None:
            return theirs == self.cell
        if theirs != self.cell and size.goes_over(frame, at, self.cell):
            self.move(theirs, now)
            size.forget()
        elif theirs == self.cell and size.hear_own(frame, at):
            self.move(self._node.id, now)
            size.forget()
            self._node.election.succeed(now)
        return theirs == self.cell

    def _hear_claim(self, frame, at, now):
        claim = self._claim
        f.put_id(claim, f.SENDER, f.get_id(frame, f.SENDER))
        for place in range(_CLAIM_LEN):
            claim[f.ROLE + place] = frame[at + p.CLAIM + place]
        row = self._node.neighbours.find(f.get_id(frame, f.SENDER))
        history = self._node.neighbours.histories[row] if row >= 0 else 0
        self.formation.hear_beacon(claim, now, history)
        if self._node.courier:
            self._node.courier.routes.hear_claim(claim, now)

    def poll(self, now: int) -> bool:
        """Do what is due; True means that a beacon should be sent now."""
        is_head = self._node.election.role == LEADER
        if is_head != (self.formation.will != FOLLOW):
            self._stand(is_head, now)
        if self._last_beat != _NONE:
            self._inherit(now)
        if not self.formation.poll(now):
            return False
        self._has_spoken = True
        return True

    def next_deadline(self) -> int:
        """Instant of the next useful poll."""
        return self.formation.next_deadline()

    def write(self, frame, at: int, now: int) -> None:
        """Fill in the part of the tiers in a beacon."""
        if not self._has_spoken:
            self.formation.pace.speak_now(now)
            self.formation.poll(now)
        self._has_spoken = False
        claim = self._claim
        self.formation.write(claim)
        claim[f.ROLE] |= self.formation.role | self.formation.want_flag(now)
        claim[f.SCORE] = self.formation.said_score()
        f.put_period(claim, f.PERIOD, self.formation.pace.beat_ms)
        f.put_id(frame, at, self.cell)
        for place in range(p.SIZE, p.CLAIM):
            frame[at + place] = 0
        if self.size:
            self.size.write(frame, at)
        for place in range(_CLAIM_LEN):
            frame[at + p.CLAIM + place] = claim[f.ROLE + place]

    def set_pace(self) -> None:
        """Follow the pace of the cell.  Call about once a second."""
        pace, below = self.formation.pace, self._node.election.pace
        pace.beat_ms = _BEATS * below.beat_ms
        pace.longest_ms = _BEATS * below.longest_ms
        pace.spread_ms = below.spread_ms
        pace.misses = below.misses
        self.formation.score = self._node.election.score

    def _inherit(self, now):
        """The leader that this cell lost led the formation.  Is it dead, or only cut off here?"""
        formation = self.formation
        is_silent = formation.beat == self._last_beat
        if not is_silent or formation.leader != self._node.election.lost.node:
            self._last_beat = _NONE
        elif ticks_diff(now, formation.beat_at) >= formation.period_ms * 5 // 4:
            self._last_beat = _NONE
            formation.succeed(now)

    def _stand(self, is_head, now):
        """This node has begun to lead its cell, or leads it no more."""
        self._last_beat = _NONE
        if not is_head:
            override.follow(self.formation, NOBODY, now)
            return
        override.release(self.formation, now)
        if self.formation.leader == NOBODY:
            self.formation.become_follower(NOBODY, 0, False, now)
        elif self.formation.leader == self._node.election.lost.node:
            self._last_beat = self.formation.beat
