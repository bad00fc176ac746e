"""The backbone as the leader planned it: what a node holds of it, and how it is handed out.

A plan lists the short ids of those who pass messages on.  It has a number, and every HEARING
carries that of its sender's plan: so a neighbour that missed one is seen, and handed it.  Those
who pass messages on before or after it pass a new plan on once.

A plan is followed while its leader leads, for some hours, and as long as no neighbour that should
pass messages on has fallen silent.  A new leader hands out the last plan in its own name until it
can make a better one; for as long as that may take, the plan is followed without.
"""

from array import array

from micropython import const

from skein import frame as f
from skein import hearing_frame as h
from skein.ids import NOBODY
from skein.silence import Silence
from skein.ticks import ticks_add, ticks_diff

_LIFE_AIRTIMES = const(48000)  # of a usual HEARING: 7 hours; the leader renews it after four
_GRACE_AIRTIMES = const(2200)  # without its leader
_SPREAD_AIRTIMES = const(8)
_REPAIR_AIRTIMES = const(24)
_NONE = const(-1)


class BackbonePlan:
    """At most h.HEARD_MAX nodes.

    told: by row, what the neighbours' HEARINGs say of theirs.  newest: number that was heard of.
    missing: the short id of a neighbour that should pass messages on and is silent, -1 for none.
    handed_on: how often this node sent a plan.
    """

    def __init__(self, settings, hearing, link, dice):
        self._short = h.short_of(settings.node)
        self._mesh = settings.mesh
        self._node = settings.node
        neighbours = self._neighbours = hearing.neighbours
        self._hearing = hearing
        self._link = link
        self._dice = dice
        self.airtime_ms = link.airtime_us(h.USUAL_LEN) // 1000 + 1
        self.silence = Silence(neighbours)
        self.members = array("H", bytes(2 * h.HEARD_MAX))
        self.count = 0
        self.number = 0
        self.leader = NOBODY
        self.newest = 0
        self.told = bytearray(len(neighbours.ids))
        self.missing = _NONE
        self._since_at = 0
        self._held_at = 0  # when its leader led for the last time
        self._hops = 0
        self._is_due = False
        self._due_at = 0
        self._next_at = 0
        self.handed_on = 0

    def join(self, election) -> None:
        """election: whom this node follows; it is there later than its relay."""
        self._election = election

    def start(self, now: int) -> None:
        self._next_at = now

    def is_followed(self) -> bool:
        """True if there is one, and nobody near that it names is missed."""
        return self.missing == _NONE and self.number != 0

    def age_ms(self, now: int) -> int:
        return ticks_diff(now, self._since_at)

    def names(self, short: int) -> bool:
        """True if this one is to pass messages on."""
        for at in range(self.count):  # noqa: SIM110 - a generator takes heap
            if self.members[at] == short:
                return True
        return False

    def is_named(self) -> bool:
        return self.names(self._short)

    def is_told(self, row: int) -> bool:
        """True if the neighbour in `row` has this plan, as far as it told."""
        return self.told[row] & h.NUMBER == self.number

    def begin(self, now: int) -> None:
        """This node leads and has a new plan, of nobody yet."""
        self.renew(now)
        self.count = 0

    def add(self, short: int) -> None:
        self.members[self.count] = short
        self.count += 1

    def renew(self, now: int) -> None:
        """This node leads now, and has no better plan than the one before it."""
        self.number = self.newest % h.NUMBER + 1
        self._adopt(self._node, f.HOPS_MAX, now)

    def hear(self, frame, now: int) -> bool:
        """A neighbour handed on a plan, for which hearing_frame.is_plan; True if it is taken."""
        number = frame[h.TOLD] & h.NUMBER
        leader = f.get_id(frame, f.ORIGIN)
        election = self._election
        if leader != election.leader or not election.is_elected or leader == self._node:
            return False
        if leader == self.leader and self.number and not h.is_newer(number, self.number):
            if number == self.number and not self._hops:
                self._is_due = False  # whoever lacks it, somebody else was faster
            return False
        self.number = number
        self.count = frame[h.HEARD_COUNT]
        for at in range(self.count):
            self.members[at] = f.get_u16(frame, h.HEARD + 2 * at) & h.SHORT
        self._adopt(leader, f.hops_left(frame), now)
        return True

    def hear_told(self, row: int, told: int, now: int) -> bool:
        """The HEARING of the neighbour in `row` told of its plan; True if this node's is older."""
        self.told[row] = told
        number = told & h.NUMBER
        self._note(number)
        if not self.number:
            return number != 0
        is_behind = h.is_newer(self.number, number) and self._hearing.is_both_ways(row)
        if is_behind and not self._is_due and ticks_diff(now, self._next_at) >= 0:
            self._hops = 0
            self._hand_on(_REPAIR_AIRTIMES, now)
        return h.is_newer(number, self.number)

    def pass_on(self, now: int) -> None:
        """Send the plan, which is new, on to those who may not have heard it."""
        if self._hops:
            self._hand_on(_SPREAD_AIRTIMES, now)

    def forget_row(self, row: int) -> None:
        """A new neighbour took this row."""
        self.told[row] = 0
        self.silence.heard(row)

    def poll(self, now: int) -> None:
        """See whether the plan still holds."""
        election = self._election
        if election.is_elected and election.leader == self.leader:
            self._held_at = now
        is_lost = ticks_diff(now, self._held_at) >= _GRACE_AIRTIMES * self.airtime_ms
        if self.number and (is_lost or self.age_ms(now) >= _LIFE_AIRTIMES * self.airtime_ms):
            self.number = 0
        if not self.number:
            self.missing = _NONE
        elif self.missing != _NONE:
            row = self._hearing.find(self.missing)
            if row >= 0 and not self.silence.is_silent(row, now):
                self.missing = _NONE
                self._hearing.note_role(row, 1)
        else:
            self._look_for_silent(now)

    def take(self, out, now: int) -> bool:
        """Fill `out` with the plan if it is time to hand it on."""
        if not self._is_due or ticks_diff(now, self._due_at) < 0:
            return False
        self._is_due = False
        if not self.number:
            return False
        frame = out.buffer
        f.put_header(frame, f.HEARING, self._mesh, max(0, self._hops - 1))
        f.put_origin(frame, self.leader, 0, self.number)
        f.put_id(frame, f.SENDER, self._node)
        frame[h.PLACE] = h.PLAN
        frame[h.HEARD_COUNT] = self.count
        frame[h.TOLD] = self.number
        for at in range(self.count):
            f.put_u16(frame, h.HEARD + 2 * at, self.members[at])
        out.length = h.HEARD + 2 * self.count
        self._hops = 0
        self._next_at = ticks_add(now, 2 * _REPAIR_AIRTIMES * self._airtime_ms())
        self.handed_on += 1
        return True

    def next_deadline(self, soonest: int) -> int:
        """That instant, or the one of the next useful poll if it comes before."""
        if self._is_due and ticks_diff(self._due_at, soonest) < 0:
            return self._due_at
        return soonest

    def _adopt(self, leader, hops, now):
        self.leader = leader
        self.newest = self.number
        self.missing = _NONE
        self._since_at = self._held_at = now
        self._hops = hops
        self._is_due = False
        ids = self._neighbours.ids
        for row in range(len(ids)):
            if ids[row]:
                self.silence.heard(row)

    def _note(self, number):
        if h.is_newer(number, self.newest):
            self.newest = number

    def _hand_on(self, airtimes, now):
        self._is_due = True
        self._due_at = ticks_add(now, self._dice.randrange(airtimes * self._airtime_ms()))

    def _airtime_ms(self):
        return self._link.airtime_us(h.HEARD + 2 * self.count) // 1000 + 1

    def _look_for_silent(self, now):
        ids = self._neighbours.ids
        for row in range(len(ids)):
            is_linked = ids[row] and self._hearing.is_both_ways(row)
            if is_linked and self.silence.is_silent(row, now):
                short = h.short_of(ids[row])
                if self.names(short):
                    self.missing = short
                    self._hearing.note_role(row, 0)
                    return
