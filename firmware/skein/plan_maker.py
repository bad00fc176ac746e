"""When the leader plans the backbone anew: when it got reports and then, for a while, no more.

A plan that would name the same nodes is not handed out, but for once in some hours, and a first
one not if it dismisses few.  A mesh of more nodes than the table holds gets none: its nodes prune
themselves.
"""

from micropython import const

from skein import hearing_frame as h
from skein.link_reports import RENEW_AIRTIMES
from skein.link_table import LinkTable
from skein.planner import Planner
from skein.ticks import ticks_add, ticks_diff

_NODES_MIN = const(16)
_NODES_MAX = const(128)
_STEP_MS = const(50)
_QUIET_AIRTIMES = const(200)  # of a usual HEARING, since the last report
_PAUSE_AIRTIMES = const(1700)  # between two plans


class PlanMaker:
    """That of one node, which may lead.  plan: its BackbonePlan.

    fewest: nodes for which it makes a plan; of a smaller mesh each node sees enough itself, and a
    plan would leave too few who pass messages on when the channel is full.
    plans: how many it made.
    """

    def __init__(self, settings, plan):
        airtime_ms = plan.airtime_ms
        self._node = settings.node
        self._plan = plan
        self._quiet_ms = _QUIET_AIRTIMES * airtime_ms
        self._pause_ms = _PAUSE_AIRTIMES * airtime_ms
        self._renew_ms = RENEW_AIRTIMES * airtime_ms
        nodes = min(_NODES_MAX, settings.origins + 1)
        self.table = LinkTable(nodes, self._renew_ms * 9 // 4)  # some reports get lost
        self._planner = Planner(self.table)
        self.fewest = _NODES_MIN
        self._is_leader = False
        self._is_news = False
        self._is_working = False
        self._due_at = 0
        self._last_at = 0
        self.plans = 0

    def hear(self, frame, at: int, now: int) -> None:
        """A report came that begins there, or is this node's own."""
        self.table.hear(frame, at, now)
        due_at = ticks_add(now, self._quiet_ms)
        if self.plans and ticks_diff(due_at, ticks_add(self._last_at, self._pause_ms)) < 0:
            due_at = ticks_add(self._last_at, self._pause_ms)
        self._due_at = due_at
        self._is_news = True
        self._is_working = False

    def poll(self, is_leader: bool, now: int) -> None:
        """Plan, a step at a time."""
        if not is_leader:
            if self._is_leader:
                self.table.forget()
                self._is_leader = self._is_news = self._is_working = False
            return
        if not self._is_leader:
            self._is_leader = True
            self._due_at = ticks_add(now, self._quiet_ms)
        if self._is_working:
            if ticks_diff(now, self._due_at) >= 0:
                self._due_at = ticks_add(now, _STEP_MS)
                if self._planner.step(self._plan):
                    self._is_working = False
                    self._hand_out(now)
        elif self._is_due(now):
            self._begin(now)
        elif self._plan.number and self._plan.leader != self._node:
            self._renew(now)

    def next_deadline(self, soonest: int) -> int:
        """That instant, or the one of the next useful poll if it comes before."""
        if self._is_working and ticks_diff(self._due_at, soonest) < 0:
            return self._due_at
        return soonest

    def _is_due(self, now):
        if self._is_news:
            return ticks_diff(now, self._due_at) >= 0
        return self.plans and ticks_diff(now, self._last_at) >= self._renew_ms

    def _renew(self, now):
        """Stand for the plan of the leader before this one, until reports have come."""
        if ticks_diff(now, self._due_at) >= 0:
            self._last_at = now
            self.plans += 1
            self._plan.renew(now)
            self._plan.pass_on(now)

    def _begin(self, now):
        self._is_news = False
        self.table.expire(now)
        root = self.table.find(h.short_of(self._node))
        is_whole = not self.table.refused and self._reporters() > 1
        if root >= 0 and is_whole and self.table.count >= self.fewest:
            self._is_working = True
            self._due_at = now
            self._planner.begin(root)

    def _is_worth_it(self, count):
        """True for a better plan, or for a first one without a quarter of those who report."""
        return self._plan.number != 0 or 4 * count <= 3 * self._reporters()

    def _reporters(self):
        said = 0
        for place in range(self.table.count):
            said += self.table.has_said[place]
        return said

    def _hand_out(self, now):
        """Make the result the plan, unless it is the present one."""
        plan = self._plan
        table = self.table
        count = 0
        is_same = plan.number != 0 and plan.leader == self._node
        for place in range(table.count):
            if self._planner.is_in(place):
                count += 1
                is_same = is_same and plan.names(table.shorts[place])
        is_same = is_same and count == plan.count
        is_fresh = self.plans and ticks_diff(now, self._last_at) < self._renew_ms
        if (is_same and is_fresh) or count > h.HEARD_MAX or not self._is_worth_it(count):
            return
        self.plans += 1
        self._last_at = now
        plan.begin(now)
        for place in range(table.count):
            if self._planner.is_in(place):
                plan.add(table.shorts[place])
        plan.pass_on(now)
