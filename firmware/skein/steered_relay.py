"""Takes what goes by name: who is named passes the event on, all others leave it.

Whoever is named again for what it has passed on says so once more: its copy was not heard.  What
got stuck comes as an EVENT that names nobody; then also who left it before passes it on, if it
belongs to the backbone.  A neighbour that lacks an event that went by name is told of it only if
it wants it.
"""

from array import array

from micropython import const

from skein import beacon_parts as p
from skein import frame as f
from skein import packed_frame
from skein import steered_frame as s
from skein.backbone_relay import is_worth_keeping
from skein.crowds import Crowds
from skein.naming_relay import NamingRelay
from skein.steering import wants
from skein.ticks import ticks_add, ticks_diff

_ENOUGH_WANT_IT = const(16)  # others have declared it: nobody names so many
_WAY_AIRTIMES = const(6)  # that a way back is waited for
_UNSURE_MS = const(900000)  # after boot; by then most nodes have said what they want
_FIRST_LIFETIME_MS = const(6300000)
_AGAIN_MS = const(900000)  # what was declared before the backbone settled is declared again

_OPEN = const(0)  # what this node has to do with a kept event: the backbone passes it on
_LEFT = const(1)  # others were named
_PASSED = const(2)  # this node was named, or made it
_ENOUGH = const(4)  # and has said so again, twice


class SteeredRelay(NamingRelay):
    """The events under way on a slow link.  settings: of the node; the others as for Relay."""

    def __init__(self, settings, queue, neighbours, link, dice):
        super().__init__(settings, queue, neighbours, link, dice)
        self._parts = bytearray(p.DIGEST_MAX)
        self._cared = array("H", bytes(2 * p.DIGEST_MAX))  # for whom this node was named
        self._again_at = 0
        self._has_declared_again = False
        self._hears_steered = False
        self._named_for = 0
        self._unpacking = packed_frame.Unpacking()

    def join(self, diffusion) -> None:
        """diffusion: what this is the relay of; it is there later than its relay."""
        self._diffusion = diffusion
        self.interests = diffusion.interests
        self.crowds = Crowds(self.interests)
        diffusion.wishes.enough = _ENOUGH_WANT_IT

    def start(self, now: int) -> None:
        """Begin.  What others want is told slowly here, so at first nothing is taken for known."""
        super().start(now)
        self.interests.lifetime_ms = _UNSURE_MS
        self.interests.lose(now)
        self.interests.lifetime_ms = _FIRST_LIFETIME_MS
        self._again_at = ticks_add(now, _AGAIN_MS + self._dice.randrange(_UNSURE_MS))

    def poll(self, now: int) -> None:
        super().poll(now)
        if not self._has_declared_again and ticks_diff(now, self._again_at) >= 0:
            self._has_declared_again = True
            self._diffusion.declare_soon(now)

    def hear_frame(self, frame, row: int, now: int) -> None:
        super().hear_frame(frame, row, now)
        kind = f.kind_of(frame)
        if kind == f.STEERED:
            self._hear_steered(frame, row, now)
        elif kind == f.EVENT:
            self._hear_open(frame, row, now)
        elif kind == f.INTEREST:
            self.ways.hear(frame, row)
            self.crowds.hear(frame, now)

    def add(self, frame, length: int, now: int) -> int:
        slot = super().add(frame, length, now)
        if slot >= 0:
            self._is_steered[slot] = 0
            if self._hears_steered:
                self.steer(slot, self._named_for)
            elif self._is_own(slot) and is_worth_keeping(frame):
                self.steer(slot, s.ALL)
                self._note_part(_PASSED, s.ALL)
        return slot

    def takes(self, frame, row: int, now: int) -> bool:
        goes_on = super().takes(frame, row, now)
        part = _OPEN
        if not self._hears_steered:
            self.backbone.plan.silence.met_message()
        else:
            goes_on = self._named_for != 0
            part = _PASSED if goes_on else _LEFT
        if is_worth_keeping(frame):
            self._note_part(part, self._named_for if part else 0)
        return goes_on

    def schedule(self, slot: int, row: int, now: int) -> None:
        """A declaration waits longer while it came only by links that carry one way."""
        super().schedule(slot, row, now)
        frame = self.queue.slots[slot]
        is_waiting = f.kind_of(frame) == f.INTEREST and self.queue.is_held(slot)
        if is_waiting and not self.ways.hops_to(f.get_id(frame, f.ORIGIN)):
            wait_ms = _WAY_AIRTIMES * self._airtime_ms(slot)
            self.queue.set_due(slot, ticks_add(self.queue.due_at[slot], wait_ms))

    def open(self, slot: int) -> None:
        super().open(slot)
        place = self.repair.find(self.queue.slots[slot])
        if place >= 0:
            self._parts[place] = _OPEN

    def _hear_steered(self, frame, row, now):
        end = s.end_of_event(frame)
        if not end:
            return
        turn = s.turn_of(frame, end, self._node)
        wishers = s.set_at(frame, end, turn) if turn >= 0 else 0
        self._turn = max(0, turn)
        self._salt = s.salt_of(frame)
        self._hops_heard = f.hops_travelled(frame)
        frame[f.KIND] ^= f.EVENT ^ f.STEERED
        place = self.repair.find(frame)
        if place >= 0:
            self._diffusion.hear(frame, row, now)  # it was met before: its length is not read
            if wishers and self._parts[place] != _OPEN:
                self._hear_name_again(place, wishers, row, now)
            return
        if self._unpacking.begin(frame, end):
            self._hears_steered = True
            self._named_for = wishers
            self._hear_event(row, now)
            self._hears_steered = False

    def _hear_event(self, row, now):
        """What was unpacked is heard; only for what is new a frame of its own takes heap."""
        event = self._unpacking.event
        origin, sequence = f.get_id(event, f.ORIGIN), f.get_u16(event, f.SEQUENCE)
        if not self._diffusion.seen.has_met(origin, event[f.EPOCH], sequence):
            event = event[: self._unpacking.length]
        self._diffusion.hear(event, row, now)

    def _hear_name_again(self, place, wishers, row, now):
        """This node is named for an event that it met before."""
        more = wishers & ~self._cared[place]
        self._cared[place] |= wishers
        slot = self._slot_of(place)
        if slot >= 0:
            self.care_for_more(slot, more, now)
        elif more:
            self._parts[place] = _PASSED
            self._pass_kept(place, more, row, now)
        elif self._parts[place] < _ENOUGH:
            self._parts[place] += 1
            self._pass_kept(place, 0, row, now)

    def _hear_open(self, frame, row, now):
        """If this event went by name before, it got stuck, and the backbone passes it on."""
        place = self.repair.find(frame)
        if place < 0 or self._parts[place] == _OPEN:
            return
        self._parts[place] = _OPEN
        slot = self._slot_of(place)
        if slot >= 0:
            self.open(slot)
        elif f.get_id(frame, f.ORIGIN) != self._node and self._passes_on_from(row):
            self._pass_kept(place, -1, row, now)

    def _pass_kept(self, place, wishers, row, now):
        """Queue a kept event: by name for these wishers; -1: as one of the backbone."""
        frame = self.repair.frame(place, now)
        if not f.hops_left(frame):
            return
        slot = super().add(frame, self.repair.length(place), now)
        if slot < 0:
            return
        self._is_steered[slot] = 0
        if wishers >= 0:
            self.steer(slot, wishers)
        if row >= 0:
            self.cover(slot, row)
        self.schedule(slot, row, now)

    def _send_again(self, place, row, now):
        super()._send_again(place, row, now)
        slot = self._slot_of(place)
        if slot >= 0 and self._is_repair[slot]:
            self._is_steered[slot] = 0
            if self._parts[place] != _OPEN:
                self.steer(slot, 0)

    def _is_owed(self, place, row):
        if self._parts[place] == _OPEN:
            return True
        topic = f.get_id(self.repair.peek(place), f.TOPIC)
        node = self._neighbours.ids[row]
        for at in range(len(self.interests.nodes)):
            if self.interests.nodes[at] == node and wants(self.interests, at, topic):
                return True
        return False

    def _note_part(self, part, wishers):
        """What this node has to do with the event that was kept last."""
        place = self.repair.place(0)
        self._parts[place] = part
        self._cared[place] = wishers

    def _slot_of(self, place):
        frame = self.repair.peek(place)
        return self.find(f.get_id(frame, f.ORIGIN), frame[f.EPOCH], f.get_u16(frame, f.SEQUENCE))
