"""Messages to one node, handed from neighbour to neighbour.

Whoever takes a message into its hands says so with a receipt, and from then on it is the one who
tries; until the receipt comes, its forerunner repeats itself.  A message may arrive twice if a
receipt is lost, so whoever reads it must know what it has read: `Courier.receive` tells who
made it, in which boot, and its number.  What no neighbour takes is given up and counted.
"""

from array import array
from struct import pack_into

from micropython import const

from skein import frame as f
from skein.ids import NOBODY
from skein.receipts import Receipts, is_receipt, names
from skein.routes import Routes
from skein.ticks import ticks_add, ticks_diff

# body of a CARRIED frame
DESTINATION = const(14)
NEXT = const(18)  # the neighbour that is to take it
AGE_CS = const(22)  # hundredths of a second since it was made, as far as its carriers know
WHAT = const(24)
BODY = const(25)
BODY_MAX = const(219)  # what 250 bytes leave beside the fields above and the tag
AGE_MAX_CS = const(0xFFFF)

REPORT = const(1)  # what is carried: a part of a summary
ANSWER = const(2)  # to a query
CONFIRMATION = const(3)  # that an event was read
LETTER = const(4)  # a piece of a payload, or a report on which of them came

_TRIES = const(6)  # 10 % loss each way leaves 1 hop in 20,000 without a receipt
_LIFETIMES = const(2)  # of a neighbour, until a way is forgotten
_WHOLE_FRAME = "250s"  # f.MTU


class Courier:
    """What one node carries: at most `capacity` messages at a time.

    readers: objects with `what`, one of the four above, and `receive(frame, now)`, which gets the
    messages of that kind for this node; also `poll(now)` and `next_deadline()`.
    link and dice: as for a Node.
    """

    def __init__(self, node, link, dice, capacity: int = 8):
        self.node = node
        self.readers: list = []
        self.draft = bytearray(f.MTU)
        self.routes = Routes(len(node.neighbours.ids), node.neighbours.lifetime_ms * _LIFETIMES)
        self._dice = dice
        self.pause_ms = 40 + 8 * link.airtime_us(f.MTU) // 1000
        self._sequence = dice.randrange(0x10000)
        self._slots = [bytearray(f.MTU) for _ in range(capacity)]
        self._lengths = bytearray(capacity)  # 0: the slot is free
        self._tries = bytearray(capacity)
        self._due_at = array("i", bytes(4 * capacity))
        self._stamped_at = array("i", bytes(4 * capacity))
        self._receipts = Receipts()
        self._is_turn_of_others = False
        self.sent = 0
        self.refused = 0
        self.given_up = 0

    def has_room(self) -> bool:
        return self._free_slot() >= 0

    def under_way(self, what: int) -> int:
        """How many messages of this kind that this node made no neighbour has taken yet."""
        count = 0
        for slot in range(len(self._slots)):
            held = self._slots[slot]
            is_own = f.get_id(held, f.ORIGIN) == self.node.id
            if self._lengths[slot] and is_own and held[WHAT] == what:
                count += 1
        return count

    def post(self, destination: int, what: int, length: int, now: int) -> bool:
        """Carry what lies in `draft` from BODY up to `length`.

        False when all slots are taken or no way to the destination is known.
        """
        slot = self._free_slot()
        if slot < 0 or self.routes.step_to(destination, now) == NOBODY:
            self.refused += 1
            return False
        f.put_header(self.draft, f.CARRIED, self.node.mesh, self.node.diffusion.hop_limit)
        f.put_origin(self.draft, self.node.id, self.node.epoch, self._sequence)
        f.put_id(self.draft, DESTINATION, destination)
        f.put_u16(self.draft, AGE_CS, 0)
        self.draft[WHAT] = what
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._fill(slot, self.draft, length, now)
        return True

    def hear(self, frame: bytearray, now: int) -> None:
        """A frame arrived that passed `frame.check`, of whatever kind."""
        self.routes.hear(frame, now)
        kind = f.kind_of(frame)
        if kind == f.CARRIED and len(frame) >= BODY:
            if f.get_id(frame, NEXT) == self.node.id:
                self._take_over(frame, now)
        elif kind == f.RECEIPT and is_receipt(frame):
            self._hear_receipt(frame)

    def poll(self, now: int) -> None:
        """Let the readers do what is due."""
        self.routes.lifetime_ms = self.node.neighbours.lifetime_ms * _LIFETIMES
        for reader in self.readers:
            reader.poll(now)

    def take(self, out, now: int) -> bool:
        """Fill `out` with the next frame: by turns one of these and one of the node's others."""
        others = self.node.diffusion
        if self._is_turn_of_others:
            self._is_turn_of_others = not others.take(out, now)
            return not self._is_turn_of_others or self._take_own(out, now)
        self._is_turn_of_others = self._take_own(out, now)
        return self._is_turn_of_others or others.take(out, now)

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next useful poll, at the latest `soonest`."""
        for slot in range(len(self._slots)):
            if self._lengths[slot] and ticks_diff(self._due_at[slot], soonest) < 0:
                soonest = self._due_at[slot]
        if self._receipts.count and ticks_diff(self._receipts.due_at, soonest) < 0:
            soonest = self._receipts.due_at
        for reader in self.readers:
            soonest = reader.next_deadline(soonest)
        return soonest

    def _take_over(self, frame, now):
        if self._receipts.was_given_for(frame):
            self._receipts.give(frame, now)
        elif f.get_id(frame, DESTINATION) == self.node.id:
            self._receipts.give(frame, now)
            for reader in self.readers:
                if reader.what == frame[WHAT]:
                    reader.receive(frame, now)
        elif f.hops_left(frame) and self._pass_on(frame, now):
            self._receipts.give(frame, now)

    def _pass_on(self, frame, now):
        slot = self._free_slot()
        step = self.routes.step_to(f.get_id(frame, DESTINATION), now)
        if slot < 0 or step == NOBODY or step == f.get_id(frame, f.SENDER):
            self.refused += 1
            return False
        self._fill(slot, frame, len(frame), now)
        f.pass_on(self._slots[slot], self.node.id)
        return True

    def _fill(self, slot, frame, length, now):
        pack_into(_WHOLE_FRAME, self._slots[slot], 0, frame)
        self._lengths[slot] = length
        self._tries[slot] = 0
        self._due_at[slot] = now
        self._stamped_at[slot] = now

    def _take_own(self, out, now):
        if self._receipts.is_due(now):
            f.put_header(out.buffer, f.RECEIPT, self.node.mesh, 0)
            f.put_origin(out.buffer, self.node.id, self.node.epoch, 0)
            out.length = self._receipts.write(out.buffer)
            return True
        slot = self._next_due(now)
        while slot >= 0 and not self._try(slot, now):
            slot = self._next_due(now)
        if slot < 0:
            return False
        out.copy(self._slots[slot], self._lengths[slot])
        self.sent += 1
        return True

    def _try(self, slot, now):
        """Make the frame in `slot` ready to go once more; False when it is given up."""
        frame = self._slots[slot]
        destination = f.get_id(frame, DESTINATION)
        step = self.routes.step_to(destination, now)
        if self._tries[slot] >= _TRIES or step == NOBODY:
            self.routes.shun(destination)
            self._lengths[slot] = 0
            self.given_up += 1
            return False
        self._tries[slot] += 1
        age_cs = f.get_u16(frame, AGE_CS) + ticks_diff(now, self._stamped_at[slot]) // 10
        f.put_u16(frame, AGE_CS, min(AGE_MAX_CS, age_cs))
        f.put_id(frame, NEXT, step)
        self._stamped_at[slot] = now
        pause_ms = self.pause_ms * self._tries[slot]
        self._due_at[slot] = ticks_add(now, pause_ms + self._dice.randrange(pause_ms))
        return True

    def _next_due(self, now):
        best = -1
        for slot in range(len(self._slots)):
            due_at = self._due_at[slot]
            if not self._lengths[slot] or ticks_diff(now, due_at) < 0:
                continue
            if best < 0 or ticks_diff(due_at, self._due_at[best]) < 0:
                best = slot
        return best

    def _free_slot(self):
        for slot in range(len(self._slots)):
            if not self._lengths[slot]:
                return slot
        return -1

    def _hear_receipt(self, frame):
        sender = f.get_id(frame, f.SENDER)
        for slot in range(len(self._slots)):
            held = self._slots[slot]
            is_told = self._lengths[slot] and f.get_id(held, NEXT) == sender
            if is_told and names(frame, held):
                self._lengths[slot] = 0


def copy(target, target_at: int, source, source_at: int, count: int) -> None:
    """Copy bytes without a slice, which would take heap."""
    for at in range(count):
        target[target_at + at] = source[source_at + at]
