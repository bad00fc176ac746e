"""When a node tells the leader to whom it is connected both ways.

Only those who pass messages on do: they reach everybody, so what they report is enough to plan a
smaller backbone, at a quarter of the airtime that reports of all nodes would take.  A report is
made when the links have settled, again when they changed, and seldom without that.
"""

from micropython import const

from skein import frame as f
from skein import hearing_frame as h
from skein import report_frame as r
from skein.ids import NOBODY
from skein.ticks import ticks_add, ticks_diff

# in airtimes of a usual HEARING, which on LONG_FAST is half a second
RENEW_AIRTIMES = const(27000)
_LOOK_AIRTIMES = const(30)
_STEADY_LOOKS = const(8)
_SETTLED_AIRTIMES = const(2000)  # after boot: by then most have left the backbone that will
_NEW_LEADER_AIRTIMES = const(600)  # until it seems to stay
_AGAIN_AIRTIMES = const(3400)  # no sooner after the last report
_URGENT_AIRTIMES = const(800)  # than which it may be if one of the backbone fell silent


class LinkReports:
    """Those of one node.  plan: its BackbonePlan.  carrier: its ReportCarrier."""

    def __init__(self, node, hearing, plan, carrier):
        self._node = node
        self._plan = plan
        self._neighbours = hearing.neighbours
        self._hearing = hearing
        self._carrier = carrier
        self._planner = carrier.planner
        self._airtime_ms = plan.airtime_ms
        self._leader = NOBODY  # whom the last report was for
        self._digest = -1  # of the links in it; -1 if there was none
        self._seen = -1
        self._steady = 0
        self._made_at = 0
        self._look_at = 0
        self._settled_at = 0

    def join(self, election) -> None:
        """election: whom this node follows."""
        self._election = election

    def start(self, now: int) -> None:
        self._look_at = now
        self._settled_at = ticks_add(now, _SETTLED_AIRTIMES * self._airtime_ms)

    def is_known(self) -> bool:
        """True if this node has reported its links to the leader that it follows."""
        return self._digest >= 0 and self._leader == self._election.leader

    def poll(self, is_reporter: bool, stamina: int, now: int) -> None:
        """Report what has changed.  is_reporter: this node passes messages on."""
        if ticks_diff(now, self._look_at) < 0:
            return
        self._look_at = ticks_add(now, _LOOK_AIRTIMES * self._airtime_ms)
        election = self._election
        if not election.is_elected:
            return
        if self._leader != election.leader:
            self._leader = election.leader
            self._digest = -1
            self._carrier.empty()
            soonest = ticks_add(now, _NEW_LEADER_AIRTIMES * self._airtime_ms)
            if ticks_diff(soonest, self._settled_at) > 0:
                self._settled_at = soonest
        digest = self._links_digest()
        self._steady = min(_STEADY_LOOKS, self._steady + 1) if digest == self._seen else 0
        self._seen = digest
        is_steady = self._steady == _STEADY_LOOKS and ticks_diff(now, self._settled_at) >= 0
        is_leader = election.leader == self._node
        is_due = is_steady and (is_reporter or is_leader) and self._is_news(digest, now)
        if is_due and self._report(is_leader, stamina, now):
            self._digest = digest
            self._made_at = now

    def _is_news(self, digest, now):
        if self._digest < 0:
            return True
        airtimes = RENEW_AIRTIMES
        if digest != self._digest:
            airtimes = _AGAIN_AIRTIMES if self._plan.missing < 0 else _URGENT_AIRTIMES
        return ticks_diff(now, self._made_at) >= airtimes * self._airtime_ms

    def _report(self, is_leader, stamina, now):
        """Report the links; False if there is no room for it at present."""
        frame = self._carrier.frame
        at = self._carrier.room_for(r.LINKS + 2 * self._hearing.count_both_ways())
        if not at:
            return False
        self._write(frame, at, stamina)
        if is_leader:
            self._planner.hear(frame, at, now)
        else:
            self._carrier.append(r.end_of(frame, at) - at, 0, now)
        return True

    def _write(self, frame, at, stamina):
        f.put_u16(frame, at + r.BY, h.short_of(self._node) | stamina << r.STAMINA_AT)
        ids = self._neighbours.ids
        links = at + r.LINKS
        for row in range(len(ids)):
            if self._is_linked(row):
                told = self._plan.told[row] >> h.STAMINA_AT
                f.put_u16(frame, links, h.short_of(ids[row]) | told << r.STAMINA_AT)
                links += 2
        frame[at + r.COUNT] = (links - at - r.LINKS) // 2

    def _is_linked(self, row):
        """False for a neighbour that is missed, too: the leader should plan without it."""
        node = self._neighbours.ids[row]
        is_there = node != 0 and h.short_of(node) != self._plan.missing
        return is_there and self._hearing.is_both_ways(row)

    def _links_digest(self):
        total = 0
        ids = self._neighbours.ids
        for row in range(len(ids)):
            if self._is_linked(row):
                total = (total * 31 + h.short_of(ids[row])) & 0xFFFFFF
        return total
