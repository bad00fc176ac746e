"""Which nodes pass messages on for all the others, where airtime is too dear for all to do it.

Every node begins as part of the backbone.  It leaves when the others do without it, as far as it
can see, and joins again as soon as that is no longer so; see self_pruning.  Who has few neighbours
or little power left leaves first, and tells it at once: so the nodes that reach many are left,
and two do not leave because of each other.

Who belongs to it reports its links to the leader, which plans a smaller backbone and hands that
out.  A node does as the plan says while it may be followed, and each neighbour has somebody of it
to hear; else it sees for itself again.
"""

from micropython import const

from skein import frame as f
from skein import hearing_frame as h
from skein import report_frame as r
from skein.backbone_plan import BackbonePlan
from skein.hearing import Hearing
from skein.hearing_frame import is_joined
from skein.link_reports import LinkReports
from skein.plan_maker import PlanMaker
from skein.report_carrier import ReportCarrier
from skein.self_pruning import SelfPruning
from skein.ticks import ticks_add, ticks_diff
from skein.trickle import Trickle

MAINS = const(3)  # stamina
_LOOK_MS = const(2000)
_TELL_AIRTIMES = const(24)  # of each node around, in the shortest interval
_TELL_DOUBLINGS = const(6)
_SETTLED_AIRTIMES = const(240)  # until the lists of all around should have come
_STEP_AIRTIMES = const(24)  # between nodes of which one reaches one more than the other
_JOIN_AIRTIMES = const(4)
_WEARY = const(8)  # neighbours that a step of stamina weighs as much as
_FEW = const(5)  # nodes around that are reckoned with before they are known
_MANY = const(24)


class Backbone(SelfPruning):
    """This node's place in it.  is_member: it passes on what it hears.

    is_reserve: it left only because the plan can do without it.
    stamina: 0 for a node whose battery is nearly empty, to MAINS.
    settings: node, epoch, mesh, origins.  neighbours: the Neighbours.  link: airtime_us(length).
    dice: an object with randrange(n).
    """

    def __init__(self, settings, neighbours, link, dice):
        super().__init__(neighbours, Hearing(settings.node, neighbours))
        self._node = settings.node
        self._epoch = settings.epoch
        self._mesh = settings.mesh
        self._link = link
        self._dice = dice
        hearing = self.hearing
        self.plan = BackbonePlan(settings, hearing, link, dice)
        self.maker = PlanMaker(settings, self.plan)
        self.carrier = ReportCarrier(settings, hearing, self.maker, link, dice)
        self.reports = LinkReports(settings.node, hearing, self.plan, self.carrier)
        self.stamina = MAINS
        self.is_member = True
        self.is_reserve = False
        self.changes = 0
        self._tell = Trickle(dice)
        self._is_telling = False
        self._told = -1
        self._count = 0
        self._look_at = 0
        self._turn_at = 0
        self._has_turn = False

    def join(self, election) -> None:
        """election: whom this node follows; it is there later than its relay."""
        self._election = election
        self.plan.join(election)
        self.carrier.join(election)
        self.reports.join(election)

    def start(self, now: int) -> None:
        self._look_at = now
        self._tell.start(self._least_ms(), self._least_ms() << _TELL_DOUBLINGS, now)
        self.plan.start(now)
        self.reports.start(now)

    def hear(self, frame, row: int, now: int) -> None:
        """A neighbour sent a HEARING: whom it hears, a plan, or reports.  row: the neighbour's."""
        if h.is_whole(frame):
            is_unsure = self.hearing.hear(frame, row)
            if self.plan.hear_told(row, frame[h.TOLD], now) or is_unsure:
                self._tell_soon(now)
        elif h.is_plan(frame):
            if self.plan.hear(frame, now):
                self._take_plan(now)
        elif r.is_whole(frame):
            self.carrier.hear(frame, row, now)

    def poll(self, now: int) -> None:
        """Do what is due."""
        election = self._election
        self.maker.poll(election.is_elected and election.leader == self._node, now)
        if ticks_diff(now, self._look_at) >= 0:
            self._look(now)
        if self._tell.poll(now):
            self._is_telling = True

    def next_deadline(self) -> int:
        """Instant of the next useful poll."""
        due_at = self._tell.due_at
        soonest = self._look_at if ticks_diff(self._look_at, due_at) < 0 else due_at
        soonest = self.carrier.next_deadline(self.plan.next_deadline(soonest))
        return self.maker.next_deadline(soonest)

    def take(self, out, now: int) -> bool:
        """Fill `out` with what this node has to tell; False when that is nothing."""
        if self.plan.take(out, now) or self.carrier.take(out, now):
            return True
        if not self._is_telling:
            return False
        self._is_telling = False
        frame = out.buffer
        f.put_header(frame, f.HEARING, self._mesh, 0)
        f.put_origin(frame, self._node, self._epoch, self._count)
        self._count = (self._count + 1) & 0xFFFF
        out.length = self.hearing.write(frame)
        frame[h.PLACE] |= self.is_member
        frame[h.TOLD] = self.plan.number | self.stamina << h.STAMINA_AT
        self._told = self.hearing.digest()
        return True

    def forget_row(self, row: int) -> None:
        """A new neighbour took this row."""
        self.hearing.forget_row(row)
        self.plan.forget_row(row)
        self.carrier.forget_row(row)

    def follows_plan(self) -> bool:
        """True if the plan says whether this node passes messages on.

        Not for one that does, is not named, and whose links the leader cannot know.
        """
        if not self.plan.is_followed():
            return False
        return not self.is_member or self.plan.is_named() or self.reports.is_known()

    def status(self, now: int) -> dict:
        """Whether this node passes messages on, by the plan or by what it sees itself."""
        plan = self.plan
        return {
            "passes_on": self.is_member,
            "by_plan": self.follows_plan(),
            "plan": plan.number,
            "plan_nodes": plan.count if plan.number else 0,
            "plan_age_s": plan.age_ms(now) // 1000 if plan.number else None,
            "stamina": self.stamina,
            "known_nodes": self.maker.table.count,  # where this node leads
            "refused": self.maker.table.refused,
        }

    def _take_plan(self, now):
        """There is a new plan: take it that the neighbours will do as it says."""
        ids = self._neighbours.ids
        for row in range(len(ids)):
            if ids[row]:
                self.hearing.note_role(row, self.plan.names(h.short_of(ids[row])))
        if self.is_member or self.plan.is_named():
            self.plan.pass_on(now)

    def _look(self, now):
        """Leave or join when that has been due for a while; tell what has changed."""
        self._look_at = ticks_add(now, _LOOK_MS)
        self.plan.poll(now)
        self.reports.poll(self.is_member, self.stamina, now)
        is_planned = self.follows_plan()
        is_needed = self._is_needed_by_plan() if is_planned else self.is_needed()
        if is_needed == self.is_member:
            self._has_turn = False
        elif not self._has_turn:
            self._has_turn = True
            self._turn_at = ticks_add(now, self._turn_ms(is_planned))
        elif ticks_diff(now, self._turn_at) >= 0:
            self._has_turn = False
            self.is_reserve = is_planned and self.is_member
            self.is_member = not self.is_member
            self.changes += 1
            self._is_telling = True
        if self._told != self.hearing.digest():
            self._tell_soon(now)

    def _is_needed_by_plan(self):
        """True if the plan names this node, or leaves a neighbour alone."""
        if self.plan.is_named() or self.hearing.is_called() or self.hearing.is_forlorn():
            return True
        for row in range(len(self._neighbours.ids)):  # noqa: SIM110 - a generator takes heap
            if self._is_left_alone(row):
                return True
        return False

    def _is_left_alone(self, row):
        """True if a neighbour that has the plan hears nobody of it, by what it says."""
        hearing = self.hearing
        if not self._neighbours.ids[row] or not hearing.is_both_ways(row):
            return False
        if hearing.passes_on[row] or not self.plan.is_told(row):
            return False
        index = 0
        entry = hearing.entry(row, 0)
        while entry:
            if is_joined(entry) and entry & h.SHORT != h.short_of(self._node):
                return False
            index += 1
            entry = hearing.entry(row, index)
        return True

    def _tell_soon(self, now):
        least_ms = self._least_ms()
        self._tell.hear_news(least_ms, least_ms << _TELL_DOUBLINGS, now)

    def _least_ms(self):
        around = max(_FEW, self._neighbours.count) + 1
        return _TELL_AIRTIMES * around * self._airtime_ms()

    def _turn_ms(self, is_planned):
        """Who reaches few leaves soon, who reaches many joins soon.

        By a plan all join soon, and leave when those who join should have done so.
        """
        reached = self.hearing.count_both_ways()
        weary = _WEARY * (MAINS - self.stamina)
        step_ms = (_STEP_AIRTIMES if self.is_member else _JOIN_AIRTIMES) * self._airtime_ms()
        if self.is_member:
            wait_ms = _SETTLED_AIRTIMES * self._airtime_ms()
            wait_ms += 0 if is_planned else max(0, reached - weary) * step_ms
        else:
            wait_ms = step_ms if is_planned else max(1, _MANY - reached + weary) * step_ms
        return wait_ms + self._dice.randrange(step_ms)

    def _airtime_ms(self):
        return self._link.airtime_us(h.HEARD + 2 * self._neighbours.count) // 1000 + 1
