"""Events CONFIRMED: their source learns how many nodes handed them to an application.

Whoever reads such an event tells its source so, by courier.  Until all who are known to want it
have done so, the source emits it again, each time as a message with a new number that says how
far back its first one lies; so it spreads anew, and nobody reads it twice.  The pauses double,
and what is emitted again takes at most one twentieth of the time on the air around.
"""

from array import array
from struct import pack_into

from micropython import const

from skein import event as e
from skein import frame as f
from skein.courier import BODY, CONFIRMATION
from skein.delivery import DELIVERED, WAITING, Receipt
from skein.event_queue import NEVER
from skein.ids import NOBODY
from skein.ticks import ticks_add, ticks_diff

COUNTED = const(8)  # nodes that can be told apart; more are not counted

_TRIES = const(4)
_FARTHEST_BACK = const(120)  # what the window of numbers met by others allows
_SHARE = const(20)
_OUTCOMES = const(16)
_BODY_BYTES = const(3)  # number in 2, epoch in 1
_WHOLE_FRAME = "250s"  # f.MTU


class Confirmation:
    """At most `capacity` own events that wait to be confirmed; one more is refused.

    courier: carries the confirmations.  link and dice: as for a Node.
    """

    what = CONFIRMATION

    def __init__(self, capacity: int, courier, link, dice):
        self._courier = courier
        self._node = courier.node
        self._diffusion = courier.node.diffusion
        self._link = link
        self._dice = dice
        self._frames = [bytearray(f.MTU) for _ in range(capacity)]
        self._lengths = bytearray(capacity)  # 0: the row is free
        self._numbers = array("H", bytes(2 * capacity))
        self._tries = bytearray(capacity)
        self._due_at = array("i", bytes(4 * capacity))
        self._ends_at = array("i", bytes(4 * capacity))
        self._heard = array("i", bytes(4 * capacity * COUNTED))
        self._receipts: list = [None] * capacity
        self._outcomes = Outcomes()
        self.last: Receipt | None = None  # of the event emitted last
        self.repeated = 0
        self.refused = 0
        courier.readers.append(self)
        self._diffusion.assurances[e.CONFIRMED] = self

    def mark(self, _topic: int) -> int:
        """What the last byte of a first copy holds, or -1 when no row is free."""
        if self._free_row() >= 0:
            return 0
        self.refused += 1
        return -1

    def sent(self, topic: int, length: int, now: int) -> None:
        """The event in the draft was queued: wait for its confirmations."""
        row = self._free_row()
        pack_into(_WHOLE_FRAME, self._frames[row], 0, self._diffusion.draft)
        self._lengths[row] = length
        self._numbers[row] = (self._diffusion.sequence - 1) & 0xFFFF
        self._tries[row] = 0
        self._ends_at[row] = e.end_of_life(self._frames[row], now)
        for at in range(row * COUNTED, (row + 1) * COUNTED):
            self._heard[at] = NOBODY
        interests = self._diffusion.interests
        expected = interests.count(topic, self._node.id, now) if interests.is_complete() else 0
        self.last = self._receipts[row] = Receipt(expected)
        self._wait(row, now)

    def hear(self, frame: bytearray, now: int) -> None:
        """Put an event into the inbox, once, and confirm it as often as it comes."""
        origin = f.get_id(frame, f.ORIGIN)
        number = (f.get_u16(frame, f.SEQUENCE) - frame[len(frame) - 1]) & 0xFFFF
        is_repeat = e.is_repeat(frame, self._diffusion.seen, now)
        if not is_repeat or self._outcomes.is_refused(origin, number):
            slot = e.put(self._diffusion.inbox, frame, len(frame), now)
            self._outcomes.add(origin, number, slot >= 0)
        if self._outcomes.is_read(origin, number):
            body = self._courier.draft
            f.put_u16(body, BODY, number)
            body[BODY + 2] = frame[f.EPOCH]
            self._courier.post(origin, CONFIRMATION, BODY + _BODY_BYTES, now)

    def receive(self, frame: bytearray, _now: int) -> None:
        """A confirmation for this node came."""
        if len(frame) < BODY + _BODY_BYTES or frame[BODY + 2] != self._node.epoch:
            return
        number = f.get_u16(frame, BODY)
        for row in range(len(self._lengths)):
            if self._lengths[row] and self._numbers[row] == number:
                self._note(row, f.get_id(frame, f.ORIGIN))

    def poll(self, now: int) -> None:
        """Emit again what is due, and give up what has had its tries or its life."""
        for row in range(len(self._lengths)):
            if self._lengths[row] and ticks_diff(now, self._due_at[row]) >= 0:
                self._repeat(row, now)

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next useful poll, at the latest `soonest`."""
        for row in range(len(self._lengths)):
            if self._lengths[row] and ticks_diff(self._due_at[row], soonest) < 0:
                soonest = self._due_at[row]
        return soonest

    def _free_row(self):
        for row in range(len(self._lengths)):
            if self._lengths[row] == 0:
                return row
        return -1

    def _note(self, row, node):
        receipt = self._receipts[row]
        for at in range(row * COUNTED, (row + 1) * COUNTED):
            if self._heard[at] == node:
                return
            if self._heard[at] == NOBODY:
                self._heard[at] = node
                receipt.acknowledged += 1
                break
        if 0 < min(receipt.expected, COUNTED) <= receipt.acknowledged:
            receipt.state = DELIVERED  # the row stays for the others, who may yet confirm it

    def _repeat(self, row, now):
        diffusion = self._diffusion
        back = (diffusion.sequence - self._numbers[row]) & 0xFFFF
        ends_at = self._ends_at[row]
        left_ms = ticks_diff(ends_at, now) if ends_at != NEVER else 1000
        receipt = self._receipts[row]
        is_at_end = self._tries[row] >= _TRIES or back > _FARTHEST_BACK or left_ms <= 0
        if is_at_end:
            receipt.end()
        if receipt.state != WAITING:
            self._lengths[row] = 0
            return
        length = self._lengths[row]
        pack_into(_WHOLE_FRAME, diffusion.draft, 0, self._frames[row])
        diffusion.draft[length - 1] = back
        if ends_at != NEVER:
            f.put_u16(diffusion.draft, f.LIFE_S, (left_ms + 999) // 1000)
        if diffusion.send_draft(length, now) >= 0:
            self.repeated += 1
        self._wait(row, now)

    def _wait(self, row, now):
        around = self._node.neighbours.count + 1
        airtime_ms = self._link.airtime_us(self._lengths[row]) * around // 1000
        pause_ms = max(_SHARE * airtime_ms, 4 * self._courier.pause_ms) << self._tries[row]
        self._tries[row] += 1
        self._due_at[row] = ticks_add(now, pause_ms + self._dice.randrange(pause_ms))


class Outcomes:
    """Which of the last events were read here and which a full inbox refused."""

    def __init__(self):
        self._origins = array("i", bytes(4 * _OUTCOMES))
        self._numbers = array("H", bytes(2 * _OUTCOMES))
        self._are_read = bytearray(_OUTCOMES)
        self._next = 0

    def add(self, origin: int, number: int, is_read: bool) -> None:
        row = self._find(origin, number)
        if row < 0:
            row = self._next
            self._next = (row + 1) % _OUTCOMES
        self._origins[row] = origin
        self._numbers[row] = number
        self._are_read[row] = is_read

    def is_read(self, origin: int, number: int) -> bool:
        row = self._find(origin, number)
        return row >= 0 and self._are_read[row] == 1

    def is_refused(self, origin: int, number: int) -> bool:
        row = self._find(origin, number)
        return row >= 0 and self._are_read[row] == 0

    def _find(self, origin, number):
        for row in range(_OUTCOMES):
            if self._origins[row] == origin and self._numbers[row] == number:
                return row
        return -1
