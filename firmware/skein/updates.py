"""Sends values that change often: as often, as urgently and as whole as somebody wants them.

A value is sent as keyframes, each of which stands for itself, and deltas between them.  How much
anybody else wants its topic decides what is sent of it:

    level       what                                after      with what priority
    CRITICAL    everything                          0 ms       its own
    HIGH        everything                          10 ms      its own, HIGH at most
    MEDIUM      keyframes and every second delta    50 ms      its own, NORMAL at most
    LOW         keyframes                           200 ms     LOW

What waits is replaced by what is newer, but a keyframe never by a delta.  All of them together
take a quarter of the channel at most; when that runs short deltas go before keyframes.
Source: the propagation scheduler of the seeds, its delays and levels; one transmission serves
all, so the highest level counts, and airtime takes the place of its budget in bytes.
"""

from array import array
from struct import pack_into

from micropython import const

from skein import event as e
from skein import frame as f
from skein.diffusion import PAYLOAD_MAX
from skein.ids import NOBODY, PREFIX
from skein.interest_table import CRITICAL, HIGH, LOW, MEDIUM, NONE
from skein.ticks import ticks_add, ticks_diff

_SHARE = const(4)  # one part in so many of the channel
_BURST_FRAMES = const(8)  # whole ones, that may follow each other after a silence
_DELAYS_MS = bytes((0, 200, 50, 10, 0))  # by level
_DELAYS_AIRTIMES = bytes((0, 4, 2, 1, 0))  # at least, where the air is slow
_MOST_MS = const(60000)  # of silence that count; the bucket is full long before
_LIFE_S = const(60)  # of an event that carries an update
_WHOLE_FRAME = "250s"  # f.MTU
_WAITS = const(1)  # bits of a row
_IS_KEY = const(2)
_IS_SECOND = const(4)


class Updates:
    """At most `capacity` topics, each for good.  node: that sends.  link: `airtime_us(length)`.

    thinned: what was left out since nobody wants that much.  over_budget: what had no airtime.
    superseded: what a newer one replaced.  unwanted: what nobody else wants.  refused: topics
    beyond the capacity.
    """

    def __init__(self, capacity: int, node, link):
        self._node = node
        self._link = link
        self.topics = array("i", bytes(4 * capacity))
        self._frames = [bytearray(f.MTU) for _ in range(capacity)]
        self._lengths = bytearray(capacity)
        self._bits = bytearray(capacity)
        self._wanting = bytearray(capacity)  # how many wanted it at its last keyframe
        self._due_at = array("i", bytes(4 * capacity))
        self._budget_us = 0
        self._full_us = _BURST_FRAMES * link.airtime_us(f.MTU)
        self._filled_at = 0
        self.sent = self.thinned = self.over_budget = 0
        self.superseded = self.unwanted = self.refused = 0

    def start(self, now: int) -> None:
        self._filled_at = now
        self._budget_us = self._full_us

    def update(self, topic: int, payload: bytes, is_key: bool, priority: int, now: int) -> bool:
        """Hand over a value; True if it, or a newer one, will be sent.

        payload: at most PAYLOAD_MAX bytes.  priority: CRITICAL 0 to LOW 3.
        Raises EventError for what no event can have.
        """
        policy = e.policy(priority, e.FULL, e.PRODUCT)
        e.check(payload, PAYLOAD_MAX, policy, _LIFE_S)
        row = self._row(topic)
        if row < 0:
            self.refused += 1
            return False
        level = self.level(topic)
        if not self._is_let_through(row, level, is_key):
            return False
        if is_key:
            self._wanting[row] = min(255, self._wanting_now(topic))
        self._put(row, payload, is_key, _priority_at(level, priority))
        self._wait(row, level, now)
        return True

    def needs_keyframe(self, topic: int) -> bool:
        """True if more nodes want it than at its last keyframe, or there was none."""
        row = self._row(topic)
        wanting = self._wanting_now(topic)
        return wanting > 0 and (row < 0 or wanting > self._wanting[row])

    def level(self, topic: int) -> int:
        """The highest level at which another node wants it; HIGH while that is not known."""
        table = self._node.diffusion.interests
        level = NONE if table.is_complete() else HIGH
        for row in range(len(table.nodes)):
            if self._is_wish(table, row, topic):
                level = max(level, table.levels[row])
        return level

    def hear_frame(self, _frame, _row: int, _now: int) -> None:
        """A Node tells its parts of every frame; this one needs none."""

    def poll(self, now: int) -> None:
        """Queue what has waited long enough, if there is airtime for it."""
        for row in range(len(self.topics)):
            if self._bits[row] & _WAITS and ticks_diff(now, self._due_at[row]) >= 0:
                self._bits[row] &= ~_WAITS
                self._send(row, now)

    def take(self, _out, _now: int) -> bool:
        """Nothing: what is due goes through the queue."""
        return False

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next useful poll, at the latest `soonest`."""
        for row in range(len(self.topics)):
            if self._bits[row] & _WAITS and ticks_diff(self._due_at[row], soonest) < 0:
                soonest = self._due_at[row]
        return soonest

    def _is_let_through(self, row, level, is_key):
        if level == NONE:
            self.unwanted += 1
            return False
        bits = self._bits[row]
        if is_key:
            return True
        if bits & _WAITS and bits & _IS_KEY:
            self.thinned += 1  # the keyframe before it has not even gone
            return False
        if level == MEDIUM:
            self._bits[row] ^= _IS_SECOND
        if level == LOW or (level == MEDIUM and not self._bits[row] & _IS_SECOND):
            self.thinned += 1
            return False
        return True

    def _put(self, row, payload, is_key, priority):
        delivery = e.PLAIN if is_key else e.LATEST
        policy = e.policy(priority, e.FULL, e.PRODUCT, delivery)
        diffusion, frame = self._node.diffusion, self._frames[row]
        f.put_header(frame, f.EVENT, self._node.mesh, diffusion.hop_limit)
        self._lengths[row] = e.write(frame, self.topics[row], policy, _LIFE_S, payload)
        if self._bits[row] & _WAITS:
            self.superseded += 1
        self._bits[row] = self._bits[row] & ~_IS_KEY | (_IS_KEY if is_key else 0)

    def _wait(self, row, level, now):
        if self._bits[row] & _WAITS:
            return  # it goes when its older self would have gone
        airtime_us = self._link.airtime_us(self._lengths[row])
        delay_ms = max(_DELAYS_MS[level], _DELAYS_AIRTIMES[level] * airtime_us // 1000)
        self._bits[row] |= _WAITS
        self._due_at[row] = ticks_add(now, delay_ms)

    def _send(self, row, now):
        passed_ms = min(_MOST_MS, ticks_diff(now, self._filled_at))
        self._filled_at = now
        self._budget_us = min(self._full_us, self._budget_us + passed_ms * 1000 // _SHARE)
        cost_us = self._link.airtime_us(self._lengths[row])
        least_us = 0 if self._bits[row] & _IS_KEY else self._full_us // 2
        if self._budget_us - cost_us < least_us:
            self.over_budget += 1
            return
        diffusion = self._node.diffusion
        pack_into(_WHOLE_FRAME, diffusion.draft, 0, self._frames[row])  # a slice would take heap
        if diffusion.send_draft(self._lengths[row], now) >= 0:
            self._budget_us -= cost_us
            self.sent += 1

    def _row(self, topic):
        """The row of a topic, new if it has none; -1 when all are taken."""
        free = -1
        for row in range(len(self.topics)):
            if self.topics[row] == topic:
                return row
            if free < 0 and self.topics[row] == NOBODY:
                free = row
        if free >= 0:
            self.topics[free] = topic
        return free

    def _wanting_now(self, topic):
        table = self._node.diffusion.interests
        wanting = 0
        for row in range(len(table.nodes)):
            if self._is_wish(table, row, topic):
                wanting += 1
        return wanting

    def _is_wish(self, table, row, topic):
        wanted = table.topics[row]
        is_of_it = wanted == topic or wanted == topic & PREFIX  # noqa: SIM109 - a tuple takes heap
        return is_of_it and table.nodes[row] and table.nodes[row] != self._node.id


def _priority_at(level, priority):
    """An update goes no sooner than its own priority asks for; an alarm keeps it at any level."""
    return priority if priority == 0 else max(priority, CRITICAL - level)
