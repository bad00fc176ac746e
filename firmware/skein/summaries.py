"""Events that are merged over a window of time, at their source and at each tier above it.

An event with propagation SUMMARY does not leave its node: it is added to the topic's window.
When the window is over, a report of it goes to the leader; the leader merges what its members
report over a longer window and reports to the leader above.  Who has nobody above emits the
summary to all who want the topic.  While a leader is being elected windows stay open.

Nothing is counted twice: a report is told from a repeated one by its origin, boot and number,
a report that has left is never sent to another leader, and one that is older than the memory
for such numbers is refused.  So what a dead leader held is lost, and not counted again.
"""

from micropython import const

from skein import courier as c
from skein import event as e
from skein import frame as f
from skein import summary as s
from skein.errors import ConfigError
from skein.ids import NOBODY
from skein.role import LEADER
from skein.seen_table import NEW, SeenTable
from skein.strategies import COUNTS, FIRST_OWN, Counts, Numbers, Severities
from skein.ticks import ticks_add, ticks_diff
from skein.windows import Windows

_HORIZON_PAUSES = const(500)  # a report's age, in pauses of the courier: 30 s on ESP-NOW
_LATEST_MS = const(3600000)  # instead of never
_AGAIN_MS = const(100)  # until the next attempt to report
_UNKNOWN = const(-1)


class _Reporters(SeenTable):
    """Which reports were met.  An origin is forgotten only when all of its reports are too old."""

    def can_tell(self, origin: int) -> bool:
        return self._find(self._origins, origin) >= 0 or len(self) < len(self._epochs)


class Summaries:
    """The summaries of one node.

    origins: how many may report here.  windows_ms: how long a window lasts at the source and at
    a leader.  capacity: topics at a time, in each of the two tables; when one is full its oldest
    window is closed early.
    Counters are of reports, `lost` is of events.
    """

    what = c.REPORT

    def __init__(self, courier, origins: int, windows_ms: tuple, capacity: int = 8):
        self._node = courier.node
        self._courier = courier
        self.own = Windows(capacity, windows_ms[0])
        self.tier = Windows(capacity, windows_ms[1])
        self.strategies: list = [None] * (s.STRATEGY_BITS + 1)
        for strategy in (Counts(), Numbers(), Severities()):
            self.strategies[strategy.number] = strategy
        self._chosen: dict[int, int] = {}
        self._horizon_ms = min(600000, _HORIZON_PAUSES * courier.pause_ms)
        self._reporters = _Reporters(origins, 2 * self._horizon_ms)
        self._due_at = 0
        self.reported = 0
        self.merged = 0
        self.duplicates = 0
        self.stale = 0
        self.refused = 0
        self.closed_early = 0
        self.lost = 0
        courier.readers.append(self)

    def use(self, topic: str, strategy) -> None:
        """Summarise a topic with a strategy: its number, or an object of the application.

        Such an object must be given on every node that merges it.  Raises ConfigError.
        """
        number = strategy if isinstance(strategy, int) else getattr(strategy, "number", None)
        if number is None:
            raise ConfigError(f"a strategy is a number or has one, {strategy!r} does not")
        if strategy is not number:
            if not FIRST_OWN <= number <= s.STRATEGY_BITS or strategy.length > s.STATE_MAX:
                raise ConfigError(
                    f"a strategy has a number from {FIRST_OWN} to {s.STRATEGY_BITS} and at most "
                    f"{s.STATE_MAX} bytes, not {number} and {strategy.length}"
                )
            self.strategies[number] = strategy
        if not 0 <= number <= s.STRATEGY_BITS or self.strategies[number] is None:
            raise ConfigError(f"there is no strategy number {number}")
        self._chosen[self._node.diffusion.wishes.learn(topic)] = number

    def add(self, topic: int, payload, priority: int, now: int) -> bool:
        """Add an event of this node to its window; False when there was no place for it.

        Raises EventError for a payload that the topic's strategy cannot add.
        """
        strategy = self.strategies[self._chosen.get(topic, COUNTS)]
        strategy.check(payload)
        at = self._row(self.own, topic, strategy, priority, now)
        if at < 0:
            self.lost += 1
            return False
        row = self.own.rows[at]
        self.own.stretch(at, now, now, s.count_of(row, 0) == 0)
        s.add_count(row, 1)
        s.raise_priority(row, priority)
        if strategy.add(row, s.STATE, payload, priority):
            row[s.FLAGS] |= s.SATURATED
        return True

    def receive(self, frame, now: int) -> None:
        """A report for this node arrived."""
        origin = f.get_id(frame, f.ORIGIN)
        age_ms = 10 * f.get_u16(frame, c.AGE_CS)
        self._reporters.expire(now)
        if age_ms > self._horizon_ms:
            self.stale += 1
        elif not self._reporters.can_tell(origin):
            self.refused += 1
        elif (
            self._reporters.meet(origin, frame[f.EPOCH], f.get_u16(frame, f.SEQUENCE), now) != NEW
        ):
            self.duplicates += 1
        else:
            self._read_rows(frame, origin, ticks_add(now, -age_ms), now)

    def poll(self, now: int) -> None:
        """Close the windows that are over."""
        if not (self.own.count or self.tier.count) or ticks_diff(now, self._due_at) < 0:
            return
        above = self.above()
        if above != _UNKNOWN:
            while self._close(self.own, above, now):
                pass
            while self._close(self.tier, above, now):
                pass
        self._due_at = self._next_due(now)

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next useful poll, at the latest `soonest`."""
        if self.own.count or self.tier.count:
            return self._due_at if ticks_diff(self._due_at, soonest) < 0 else soonest
        return soonest

    def above(self) -> int:
        """The node that this one reports to; NOBODY at the top; -1 while that is not known."""
        election, cell = self._node.election, self._node.cell
        if election.role == LEADER and cell and cell.tiers:
            election = cell.tiers.formation
        if not election.is_elected:
            return _UNKNOWN
        return NOBODY if election.role == LEADER else election.leader

    def _row(self, windows, topic, strategy, priority, now):
        at = windows.find(topic, strategy.number)
        if at >= 0:
            return at
        at = windows.open(topic, strategy, priority, now)
        if at < 0 and self._close_early(windows, now):
            at = windows.open(topic, strategy, priority, now)
        if at >= 0:
            due_at = windows.due_at(at)
            is_only = self.own.count + self.tier.count == 1
            if is_only or ticks_diff(due_at, self._due_at) < 0:
                self._due_at = due_at
        return at

    def _close_early(self, windows, now):
        above = self.above()
        if above == _UNKNOWN or not self._hand_on(windows, windows.oldest(), above, now):
            return False
        self.closed_early += 1
        return True

    def _close(self, windows, above, now):
        """Hand on one window that is over; False when there is none, or no way."""
        for at in range(len(windows.rows)):
            if windows.is_over(at, now):
                return self._hand_on(windows, at, above, now)
        return False

    def _hand_on(self, windows, at, above, now):
        if windows is self.own and self._node.election.role == LEADER:
            windows.stamp(at, now)
            row = windows.rows[at]
            if self._merge(row, 0, self._node.id, now, now):
                windows.close(at)
                return True
            return False
        if above != NOBODY:
            return self._report(windows, at, above, now)
        windows.stamp(at, now)
        return self._publish(windows, at, now)

    def _report(self, windows, first, above, now):
        """Send one row, and all that are over and find a place beside it."""
        if not self._courier.has_room():
            return False
        length = windows.pack(self._courier.draft, c.BODY, c.BODY + c.BODY_MAX, first, now)
        if not self._courier.post(above, c.REPORT, length, now):
            return False
        windows.close_packed()
        self.reported += 1
        return True

    def _publish(self, windows, at, now):
        """Tell the summary to all who want the topic, and to this node's application."""
        row, diffusion = windows.rows[at], self._node.diffusion
        topic = f.get_id(row, s.TOPIC)
        f.put_header(diffusion.draft, f.EVENT, self._node.mesh, diffusion.hop_limit)
        length = s.write_event(diffusion.draft, row)
        interests = diffusion.interests
        is_wanted = not interests.is_complete() or interests.is_wanted(topic, self._node.id)
        if is_wanted and diffusion.send_draft(length, now) < 0:
            return False
        if diffusion.wishes.level_of(topic):
            f.put_origin(diffusion.draft, self._node.id, self._node.epoch, diffusion.sequence)
            e.put(diffusion.inbox, diffusion.draft, length, now)
        windows.close(at)
        return True

    def _read_rows(self, frame, origin, made_at, now):
        at = c.BODY
        while s.is_row(frame, at, len(frame)):
            if not self._merge(frame, at, origin, made_at, now):
                self.lost += s.count_of(frame, at)
            at += frame[at + s.LENGTH]

    def _merge(self, row, at, origin, made_at, now):
        """Add a row to the window of its topic at this tier; False when that cannot be."""
        strategy = self.strategies[s.strategy_of(row, at)]
        if strategy is None or not s.has_state(row, at, strategy.length):
            return False
        topic, priority = f.get_id(row, at + s.TOPIC), s.priority_of(row, at)
        into = self._row(self.tier, topic, strategy, priority, now)
        if into < 0:
            return False
        target = self.tier.rows[into]
        started_at = ticks_add(made_at, -10 * f.get_u16(row, at + s.STARTED_CS))
        ended_at = ticks_add(made_at, -10 * f.get_u16(row, at + s.ENDED_CS))
        self.tier.stretch(into, started_at, ended_at, s.count_of(target, 0) == 0)
        s.merge(target, row, at, origin)
        if strategy.merge(target, s.STATE, row, at + s.STATE):
            target[s.FLAGS] |= s.SATURATED
        self.merged += 1
        return True

    def _next_due(self, now):
        soonest = self.own.next_due(self.tier.next_due(ticks_add(now, _LATEST_MS)))
        again_at = ticks_add(now, _AGAIN_MS)  # what is over waits for a leader or for room
        return again_at if ticks_diff(soonest, again_at) < 0 else soonest
