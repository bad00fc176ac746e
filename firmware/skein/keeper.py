"""Keeps events for boards that sleep, and speaks for them in the mesh meanwhile.

A sleeper calls when it is awake.  The keeper then gives it what it holds for it, until the sleeper
has acknowledged each, and takes over what the sleeper emits.  To the mesh a keeper's sleepers
are one more node behind it, which wants what they want; so their interest goes on while they
sleep.  A sleeper that has not called for three and a half of the periods that it told is given up.
"""

from array import array

from micropython import const

from skein import event as e
from skein import frame as f
from skein import sleep_frame as s
from skein.behind import Behind
from skein.event_queue import EventQueue
from skein.ids import NOBODY, hash30, text
from skein.sleeper_wishes import SleeperWishes
from skein.ticks import ticks_add, ticks_diff
from skein.watched_relay import watch

ROWS_MAX = const(8)
_TIDY_MS = const(1000)
_AT_ONCE = const(4)  # events that a sleeper is given for one call
_SEEK_SPREAD_MS = const(20)  # within which keepers answer one that seeks any


class Keeper:
    """For at most `rows` sleepers, 1 to ROWS_MAX, and as many events as `slots`.

    node: the keeper's own, on a fast link.  link: what it knows of its link.  dice: has
    randrange(n).  It is one of the node's parts, but its frames come by `receive`.
    """

    def __init__(self, node, link, dice, rows: int, slots: int):
        self._node = node
        self._dice = dice
        self.ids = array("i", bytes(4 * rows))
        self.heard_at = array("i", bytes(4 * rows))
        self.periods = bytearray(rows)
        self.held = EventQueue(slots, f.MTU)
        self._for = bytearray(slots)  # for whom an event is held, a bit for each row
        self._offered = bytearray(slots)  # to whom since the last call
        self._given = bytearray(rows)  # how many since the last call
        self._taken = [bytearray(s.MARKS + s.MARKS_MAX * s.MARK_LEN) for _ in range(rows)]
        self._calling = 0  # a bit for each row that is to be answered
        self._called_at = 0
        self._seeker = NOBODY
        self._seek_at = 0
        self._tidy_at = 0
        self.wishes = SleeperWishes(rows)
        name = hash30(b"sleepers of " + text(node.id).encode())
        self._behind = Behind(name, node, link, self.wishes.joined, dice)
        self.given_up = self.refused = 0
        watch(node, link, dice, self)
        node.parts.append(self)

    def start(self, now: int) -> None:
        self._tidy_at = now
        self._behind.start(now)

    def hear_frame(self, frame, row: int, now: int) -> None:
        """The node's other frames say nothing of sleepers."""

    def hear(self, frame, length: int, now: int) -> None:
        """A new event goes on: hold it for whoever sleeps and wants it."""
        topic, origin = f.get_id(frame, f.TOPIC), f.get_id(frame, f.ORIGIN)
        rows = 0
        for row in range(len(self.ids)):
            if self.ids[row] and self.ids[row] != origin and self.wishes.wants(row, topic):
                rows |= 1 << row
        if rows:
            slot = e.put(self.held, frame, length, now)
            if slot >= 0:
                self._for[slot] = rows
                self._offered[slot] = 0

    def receive(self, frame, now: int) -> bool:
        """A frame arrived; True if it belongs to sleepers and keepers, and not to the node."""
        if not s.is_one(frame):
            return False
        if s.check(frame, self._node.mesh):
            if frame[s.WHAT] == s.CALL:
                self._hear_call(frame, now)
            elif frame[s.WHAT] == s.UP:
                self._take_over(frame, now)
        return True

    def poll(self, now: int) -> None:
        """Do what is due."""
        self._behind.poll(now)
        if ticks_diff(now, self._tidy_at) < 0:
            return
        self._tidy_at = ticks_add(now, _TIDY_MS)
        self.held.expire(now)
        for row in range(len(self.ids)):
            patience_ms = self.period_ms(row) * 7 // 2
            if self.ids[row] and ticks_diff(now, self.heard_at[row]) >= patience_ms:
                self.given_up += 1
                self._drop(row, now)

    def take(self, out, now: int) -> bool:
        """Fill `out` with what a sleeper that is awake waits for; False when that is nothing."""
        if self._seeker and ticks_diff(now, self._seek_at) >= 0:
            self._write_answer(out, self._seeker, -1)
            self._seeker = NOBODY
            return True
        for row in range(len(self.ids)):
            if self._calling & 1 << row:
                if not self._give(row, out, now):
                    self._calling &= ~(1 << row)
                    self._write_answer(out, self.ids[row], row)
                return True
        return False

    def next_deadline(self, soonest: int) -> int:
        """That instant, or the one of the next useful poll if it comes before."""
        soonest = self._behind.next_deadline(soonest)
        if self._calling:
            soonest = self._called_at
        if self._seeker and ticks_diff(self._seek_at, soonest) < 0:
            soonest = self._seek_at
        return self._tidy_at if ticks_diff(self._tidy_at, soonest) < 0 else soonest

    def period_ms(self, row: int) -> int:
        """Within which the sleeper in `row` calls, as it told."""
        return f.get_period(self.periods, row)

    def count_for(self, row: int) -> int:
        """How many events are held for the sleeper in `row`."""
        count = 0
        for slot in range(len(self._for)):
            if self.held.is_held(slot) and self._for[slot] & 1 << row:
                count += 1
        return count

    def _find(self, sleeper):
        for row in range(len(self.ids)):
            if self.ids[row] == sleeper:
                return row
        return -1

    def _hear_call(self, frame, now):
        sleeper, keeper = f.get_id(frame, f.ORIGIN), f.get_id(frame, s.TO)
        row = self._find(sleeper)
        if keeper != self._node.id:
            if row >= 0 and keeper != NOBODY:
                self._drop(row, now)  # it has another one
            elif row >= 0 or self._find(NOBODY) >= 0:
                self._seeker = sleeper
                self._seek_at = ticks_add(now, self._dice.randrange(_SEEK_SPREAD_MS))
            return
        if row < 0:
            row = self._find(NOBODY)
            if row < 0:
                self.refused += 1
                return
            self.ids[row] = sleeper
            self._taken[row][s.COUNT] = 0
        self.heard_at[row] = now
        self.periods[row] = frame[s.PERIOD]
        if self.wishes.note(row, frame):
            self._behind.declare_soon(now)
        self._free(row, frame)
        self._given[row] = 0
        self._calling |= 1 << row
        self._called_at = now

    def _free(self, row, call):
        """What was acknowledged is held no longer, and the rest may be offered again."""
        bit = 1 << row
        for slot in range(len(self._for)):
            self._offered[slot] &= ~bit
            if self.held.is_held(slot) and self._for[slot] & bit:
                event = self.held.slots[slot]
                if s.is_marked(call, event) or not self.wishes.wants(
                    row, f.get_id(event, f.TOPIC)
                ):
                    self._release(slot, bit)

    def _release(self, slot, bit):
        self._for[slot] &= ~bit
        if not self._for[slot]:
            self.held.sent(slot)

    def _drop(self, row, now):
        self.ids[row] = NOBODY
        self._calling &= ~(1 << row)
        for slot in range(len(self._for)):
            if self.held.is_held(slot) and self._for[slot] & 1 << row:
                self._release(slot, 1 << row)
        self.wishes.forget(row)
        self._behind.declare_soon(now)

    def _take_over(self, frame, now):
        """An event of a sleeper: from here on it goes its way as if it had come from behind."""
        diffusion = self._node.diffusion
        row = self._find(f.get_id(frame, f.ORIGIN))
        if row < 0 or len(diffusion.queue) == diffusion.queue.capacity:
            return
        taken = self._taken[row]
        if not s.is_marked(taken, frame):
            if taken[s.COUNT] == s.MARKS_MAX:
                return
            s.mark(taken, s.MARKS + taken[s.COUNT] * s.MARK_LEN, frame)
            taken[s.COUNT] += 1
        event = bytearray(frame)
        s.undress(event, self._behind.hops)
        diffusion.hear(event, -1, now)

    def _give(self, row, out, now):
        """Fill `out` with the next event for the one in `row`; False when it has enough."""
        if self._given[row] == _AT_ONCE:
            return False
        bit = 1 << row
        for slot in range(len(self._for)):
            if self.held.is_held(slot) and self._for[slot] & ~self._offered[slot] & bit:
                self._offered[slot] |= bit
                self._given[row] += 1
                out.copy(self.held.slots[slot], self.held.lengths[slot])
                life_ms = self.held.life_ms(slot, now)
                if life_ms >= 0:
                    f.put_u16(out.buffer, f.LIFE_S, (life_ms + 999) // 1000)
                s.dress(out.buffer, s.DOWN, self._node.id)
                return True
        return False

    def _write_answer(self, out, sleeper, row):
        frame = out.buffer
        s.put_header(frame, s.ANSWER, self._node.mesh)
        f.put_origin(frame, self._node.id, self._node.epoch, 0)
        f.put_id(frame, s.TO, sleeper)
        frame[s.LEFT] = min(255, self.count_for(row)) if row >= 0 else 0
        frame[s.COUNT] = 0
        if row >= 0:
            taken = self._taken[row]
            for at in range(s.COUNT, s.topics_at(taken)):
                frame[at] = taken[at]
            taken[s.COUNT] = 0
        out.length = s.topics_at(frame)
