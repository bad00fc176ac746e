"""When a cell that has grown too large splits, and one that is too small joins another.

The leader counts its members, and says in its beacons how many they are and what it plans; its
word is passed on with its heartbeats.  Before it plans anything it waits for ten of them.

Split.  The leader names a far member as head of a new cell, which bears the head's id.  Members
who hear that cell go over to it while it is the smaller one, those for whom its leader is fewer
hops away sooner, those for whom it is as far now and then, until the old cell has its size.

Join.  The leader of a small cell dissolves it: whoever hears a larger cell with room for all goes
over, so that those behind hear it too, and the leader goes last.  Of two small cells the larger
one (or of equal ones that with the higher id) stays.
"""

from micropython import const

from skein import beacon_parts as p
from skein import frame as f
from skein.ids import NOBODY
from skein.members import ALIVE
from skein.role import LEADER
from skein.ticks import ticks_diff

NOTHING = const(0)  # plans
SPLIT = const(1)
JOIN = const(2)

_PATIENCE_BEATS = const(10)  # before a plan, and before one that did not help is made anew
_SOON = const(2)  # one in so many beats a member goes over to a nearer leader
_LATER = const(4)  # and so often to one that is as far


class CellSize:
    """Keeps a cell between `cell_min` and `cell_max` members; 0 means no such limit.

    node: the Node.  members: its Members.  dice: has randrange(n).
    """

    def __init__(self, settings, node, members, dice):
        self._node = node
        self._members = members
        self._dice = dice
        self._least = settings.cell_min
        self._most = settings.cell_max
        self.size = 0  # as the leader counts
        self.plan = NOTHING
        self.head = NOBODY
        self.splits = 0  # heads that this node named
        self._wanted = NOTHING  # what the leader will plan if it goes on like this
        self._wanted_beats = 0
        self._counted_beat = 0
        self._decided_beat = 0

    def forget(self) -> None:
        """This node goes to another cell."""
        self.size = 0
        self.plan = NOTHING
        self.head = NOBODY
        self._wanted = NOTHING

    def plan_name(self) -> str:
        return ("none", "split", "join")[self.plan]

    def write(self, frame, at: int) -> None:
        """Fill in size, plan and head in the part of the tiers that begins at `at`."""
        election = self._node.election
        if election.role == LEADER and election.beat != self._counted_beat:
            self._counted_beat = election.beat
            self._count()
        frame[at + p.SIZE] = self.size
        frame[at + p.PLAN] = self.plan
        f.put_id(frame, at + p.HEAD, self.head)

    def hear_own(self, frame, at: int) -> bool:
        """A beacon of this cell was heard, but not yet by the election.

        True if its leader says that this node is to lead a new cell.
        """
        election = self._node.election
        if election.role == LEADER or f.get_id(frame, f.LEADER) != election.leader:
            return False
        if election.beats_since(frame) <= 0 and f.get_id(frame, f.SENDER) != election.leader:
            return False
        self.size = frame[at + p.SIZE]
        self.plan = frame[at + p.PLAN]
        self.head = f.get_id(frame, at + p.HEAD)
        return self.plan == SPLIT and self.head == self._node.id and 0 < self._most < self.size

    def goes_over(self, frame, at: int, cell: int) -> bool:
        """A beacon of another cell than this node's `cell` was heard: True to go there."""
        election = self._node.election
        if self.plan == NOTHING or not frame[f.ROLE] & f.ELECTED or not frame[at + p.SIZE]:
            return False
        if self.plan == SPLIT:
            return election.role != LEADER and self._is_better(frame, at)
        return self._has_room(frame, at, cell) and (election.role != LEADER or self._may_give_up())

    def _is_better(self, frame, at):
        if frame[at + p.SIZE] + 2 > self.size or frame[at + p.PLAN] != NOTHING:
            return False
        election = self._node.election
        hops = election.leader_hops
        hops_there = frame[f.LEADER_HOPS] + 1
        if hops_there > hops or election.beat == self._decided_beat:
            return False
        self._decided_beat = election.beat  # until the next, the new sizes go round
        return self._dice.randrange(_SOON if hops_there < hops else _LATER) == 0

    def _has_room(self, frame, at, cell):
        there = frame[at + p.SIZE]
        if self._most and there + self.size > self._most:
            return False
        if there == self.size:
            return f.get_id(frame, at) > cell
        return there > self.size

    def _may_give_up(self):
        """A leader goes when it is alone, or after a while: others may not get away without it."""
        return self._members.count == 0 or self._wanted_beats >= 2 * _PATIENCE_BEATS

    def _count(self):
        """A heartbeat of the leader: count, and plan when it has been so for long."""
        before = self.size
        self.size = min(255, self._members.count + 1)
        wanted = NOTHING
        if self._most and self.size > self._most:
            wanted = SPLIT
        elif self.size < self._least:
            wanted = JOIN
        if wanted != self._wanted or self.size < before:  # a plan that helps is given time
            self._wanted = wanted
            self._wanted_beats = 0
        self._wanted_beats += 1
        if wanted == NOTHING:
            self.plan = NOTHING
            self.head = NOBODY
        elif self._wanted_beats % _PATIENCE_BEATS == 0:
            self._make_plan(wanted)

    def _make_plan(self, plan):
        self.plan = plan
        if plan == SPLIT:
            self.head = self._far_member()
            self.splits += 1

    def _far_member(self):
        """A member out of range, the one heard of longest ago; or the neighbour heard worst."""
        members = self._members
        chosen = -1
        for row in range(len(members.ids)):
            is_there = members.ids[row] != NOBODY and members.states[row] == ALIVE
            if is_there and (chosen < 0 or self._is_farther(row, chosen)):
                chosen = row
        return members.ids[chosen] if chosen >= 0 else NOBODY

    def _is_farther(self, row, other):
        members, neighbours = self._members, self._node.neighbours
        here = neighbours.find(members.ids[row])
        there = neighbours.find(members.ids[other])
        if here >= 0 and there >= 0:
            return neighbours.rssi_dbm[here] < neighbours.rssi_dbm[there]
        if here >= 0 or there >= 0:
            return here < 0
        return ticks_diff(members.heard_at[row], members.heard_at[other]) < 0
