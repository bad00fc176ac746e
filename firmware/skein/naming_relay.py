"""Sends by name what few nodes want: whom it names it listens for, as long as they are silent.

Those who are named speak in turn, so that their copies do not meet.  Who stays silent is named
again, twice; then others are, where another way is known.  If that does not help, or no way to
one of those to care for is known, the event goes out as an EVENT like others, and the backbone
passes it on.
"""

from array import array

from micropython import const

from skein import frame as f
from skein import steered_frame as s
from skein.backbone_relay import BackboneRelay
from skein.crowds import Crowds
from skein.interest_table import InterestTable
from skein.steering import Steering
from skein.ticks import ticks_add
from skein.ways import Ways

_TRIES = const(3)  # with the same names
_TURN_AIRTIMES = const(6)
_HEAR_AIRTIMES = const(8)  # after the last turn, until each should have been heard


class NamingRelay(BackboneRelay):
    """What goes out.  settings: of the node; the others as for Relay.

    interests, crowds: the InterestTable, which is there later than its relay, and the Crowds.
    steered: how many frames went out by name.  opened: how many of them the backbone took over.
    """

    interests: InterestTable
    crowds: Crowds

    def __init__(self, settings, queue, neighbours, link, dice):
        super().__init__(settings, queue, neighbours, link, dice)
        hearing = self.backbone.hearing
        self.ways = Ways(settings.interests, settings.node, hearing)
        self._steering = Steering(settings.node, self.ways, hearing, neighbours)
        self._is_steered = bytearray(queue.capacity)
        self._is_answer = bytearray(queue.capacity)
        self._wishers = array("H", bytes(2 * queue.capacity))  # to be cared for
        self._salts = bytearray(queue.capacity)
        self._awaited = bytearray(queue.capacity * self._row_bytes)
        self._is_naming = False
        self._salt = 0  # of the frame at hand
        self._turn = 0  # of this node among those whom it names
        self._hops_heard = 0
        self.steered = 0
        self.opened = 0

    def finish(self, out, now: int) -> None:
        """Complete the frame that was taken last: after_send chose whom to name in it."""
        if self._is_naming:
            self._is_naming = False
            self.steered += 1
            out.length = self._steering.write(out.buffer, out.length, self._salt)
        elif f.kind_of(out.buffer) == f.INTEREST:
            self.ways.tell(out.buffer)
            if f.get_id(out.buffer, f.ORIGIN) == self._node:
                self.crowds.tell(out.buffer, self._node, now)

    def after_send(self, slot: int, now: int) -> None:
        if not self._is_steered[slot]:
            super().after_send(slot, now)
        elif self._is_answer[slot]:
            self._answer(slot, now)
        elif self._tries[slot] <= _TRIES and self._is_planned(slot, now):
            self._send_named(slot, now)
        else:
            self.opened += 1
            self.open(slot)
            super().after_send(slot, now)

    def schedule(self, slot: int, row: int, now: int) -> None:
        if not self._is_steered[slot]:
            super().schedule(slot, row, now)
            return
        airtime_ms = self._airtime_ms(slot)
        wait_ms = self._turn * _TURN_AIRTIMES * airtime_ms + self._dice.randrange(airtime_ms)
        self.queue.set_due(slot, ticks_add(now, wait_ms))

    def hear_again(self, slot: int, row: int) -> None:
        if not self._is_steered[slot] or self._is_repair[slot]:
            super().hear_again(slot, row)
        elif row >= 0:
            self.cover(slot, row)
            self._awaited[slot * self._row_bytes + (row >> 3)] &= ~(1 << (row & 7))
            if self._tries[slot] and self._is_passed_on(slot):
                self.queue.sent(slot)

    def forget_row(self, row: int) -> None:
        super().forget_row(row)
        self.ways.forget_row(row)
        for slot in range(self.queue.capacity):
            self._awaited[slot * self._row_bytes + (row >> 3)] &= ~(1 << (row & 7))

    def steer(self, slot: int, wishers: int) -> None:
        """What is in `slot` goes by name to those in the set; 0: to nobody beyond earshot."""
        self._is_steered[slot] = 1
        self._is_answer[slot] = 0
        self._wishers[slot] = wishers
        self._salts[slot] = self._salt
        self._await_nobody(slot)

    def open(self, slot: int) -> None:
        """What is in `slot` is passed on by the backbone."""
        self._is_steered[slot] = 0

    def care_for_more(self, slot: int, wishers: int, now: int) -> None:
        """This node was named again for what is in `slot`.  wishers: those that are new, or 0."""
        self._wishers[slot] |= wishers
        if self._tries[slot]:
            self._is_answer[slot] = not wishers
            self.queue.set_due(slot, now)
        if wishers:
            self._tries[slot] = 0

    def _is_planned(self, slot, now):
        """Choose whom to name now; False if that does not help."""
        is_source = self._wishers[slot] == s.ALL
        if is_source and not self._tries[slot]:
            event = self.queue.slots[slot]
            is_known = self.interests.is_complete()
            if not is_known or self.crowds.has(f.get_id(event, f.TOPIC), now):
                return False
            self._salts[slot] = self._steering.choose_salt(event, self.interests)
        if not self._is_way_known(slot):
            return False
        if self._tries[slot]:
            self._name_silent(slot)
        if self._tries[slot] == _TRIES and not self._turn_aside(slot):
            return False
        names = s.NAME_LEN * self._steering.count + s.TAIL_LEN
        return self.queue.lengths[slot] + names <= f.MTU - f.TAG_LEN

    def _is_way_known(self, slot):
        wishers = self._wishers[slot]
        if not wishers:
            self._steering.name_nobody()
            return True
        event = self.queue.slots[slot]
        return self._steering.plan(event, wishers, self._salts[slot], self.interests)

    def _name_silent(self, slot):
        """Of those who are named again leave only those who were not heard."""
        for index in range(self._steering.count - 1, -1, -1):
            if not self._is_awaited(slot, self._steering.rows[index]):
                self._steering.drop(index)

    def _turn_aside(self, slot):
        """Name others in the place of those who stayed silent; False if there are none."""
        wishers = 0
        for index in range(self._steering.count):
            wishers |= self._steering.sets[index]
            self.ways.shun(self._steering.rows[index])
        self._wishers[slot] = wishers
        if not self._is_way_known(slot):
            return False
        for index in range(self._steering.count):
            if self._is_awaited(slot, self._steering.rows[index]):
                return False
        return True

    def _send_named(self, slot, now):
        self._tries[slot] += 1
        if self._tries[slot] > 1:
            self.retries += 1
        self._name(slot)
        self._await_nobody(slot)
        for index in range(self._steering.count):
            row = self._steering.rows[index]
            self._awaited[slot * self._row_bytes + (row >> 3)] |= 1 << (row & 7)
        if self._steering.count:
            self._listen(slot, now)
        else:
            self.queue.sent(slot)

    def _answer(self, slot, now):
        """Say that it was passed on, to who did not hear it, while others are still awaited."""
        self._is_answer[slot] = 0
        self._steering.name_nobody()
        self._name(slot)
        self._listen(slot, now)

    def _name(self, slot):
        self._is_naming = True
        self._salt = self._salts[slot]

    def _listen(self, slot, now):
        airtimes = _HEAR_AIRTIMES + _TURN_AIRTIMES * max(0, self._steering.count - 1)
        wait_ms = airtimes * self._airtime_ms(slot)
        self.queue.failed(slot, ticks_add(now, wait_ms + self._dice.randrange(wait_ms // 2)))

    def _await_nobody(self, slot):
        for at in range(slot * self._row_bytes, (slot + 1) * self._row_bytes):
            self._awaited[at] = 0

    def _is_awaited(self, slot, row):
        return self._awaited[slot * self._row_bytes + (row >> 3)] & 1 << (row & 7) != 0

    def _is_passed_on(self, slot):
        """True if all that were named were heard, or the next one after the last of them was."""
        awaited = 0
        for row in range(len(self._neighbours.ids)):
            if self._is_awaited(slot, row):
                awaited += 1
        hops = f.hops_travelled(self.queue.slots[slot])
        return not awaited or (awaited == 1 and self._hops_heard == hops + 2)

    def _airtime_ms(self, slot):
        return self._link.airtime_us(self.queue.lengths[slot]) // 1000 + 1
