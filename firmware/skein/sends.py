"""Payloads of up to 4 KB, to one node, to some, to a group or to all.

A payload goes in pieces (see fragment).  To one node they go by courier, along the way that is
known; where none is, or when nobody answers, they go as events, as those to many do: from
neighbour to neighbour, only while somebody wants them, past nodes without this module too.  What
got lost is sent again after a report of what is lacking (see outgoing).

Pace.  A source has two pieces under way among its neighbours; the next one goes when they have
one of these.  So it sends as fast as the slowest of them passes on, and what is more urgent waits
for two frames at most.
"""

from micropython import const

from skein import courier as c
from skein import event as e
from skein import fragment as g
from skein import frame as f
from skein.delivery import DELIVERED, Receipt
from skein.fragment import SendError
from skein.ids import NOBODY
from skein.incoming import Incoming
from skein.interest_table import HIGH, NONE
from skein.outgoing import Outgoing, check, ids_of
from skein.ticks import ticks_add, ticks_diff

TOPIC = "sends"  # wanted by every node that takes part
_GROUPS = "sends."  # before the name of a group: wanted by its members

_REPORT_LIFE_S = const(30)
_WINDOW = const(2)
_AGAIN = const(8)  # of a pause of the courier, until a window that is full is looked at again


class Sends:
    """At most `capacity` payloads at a time to others, and as many from others.

    courier: carries pieces and reports.
    """

    what = c.LETTER

    def __init__(self, capacity: int, courier, dice):
        self._courier = courier
        self._node = courier.node
        self._diffusion = courier.node.diffusion
        self.incoming = Incoming(capacity, courier.pause_ms, dice)
        self._outgoing: list = [None] * capacity
        self._policies = [0] * capacity
        self._topics = [0] * capacity
        self._groups: set = set()  # topics of those that this node belongs to
        self._next_number = dice.randrange(0x10000)
        self._diffusion.wishes.want(TOPIC, HIGH)
        self._topic = self._diffusion.wishes.learn(TOPIC)
        self._diffusion.assurances[e.PLAIN] = self
        courier.readers.append(self)
        self.pieces = 0

    def join(self, group: str, is_in: bool, now: int) -> None:
        """Belong to a group from now on, or no longer.  Raises ConfigError."""
        wishes = self._diffusion.wishes
        wishes.want(_GROUPS + group, HIGH if is_in else NONE)
        topic = wishes.learn(_GROUPS + group)
        if is_in:
            self._groups.add(topic)
        else:
            self._groups.discard(topic)
        self._diffusion.declare_soon(now)

    def send(self, text: tuple, to, priority: int, life_s: int, now: int) -> Receipt:
        """Send a payload; what becomes of it.

        text: of fragment.head_of, and the payload, bytes that stay the same.  to: a list of 1 to 8
        ids, the name of a group, or None for all who take part.  priority: HIGH to LOW.  Raises
        SendError when nothing can be sent, and ConfigError for a bad name.
        """
        check(priority, life_s)
        place = self._free_place()
        topic, flags = self._topic, 0
        ids: tuple = ()
        if isinstance(to, str):
            topic, flags = self._diffusion.wishes.learn(_GROUPS + to), g.IS_GROUP
            ids = (topic,)
        elif to is not None:
            ids = ids_of(to, self._node.id)
        expected = len(ids) if ids and not flags else self._members(topic, now)
        if flags and not expected and self._diffusion.interests.is_complete():
            raise SendError(f"nobody else is known to be in the group {to!r}")
        going = Outgoing(self._next_number, text, ids, flags, expected)
        self._next_number = (self._next_number + 1) & 0xFFFF
        going.due_at = now
        going.ends_at = ticks_add(now, 1000 * life_s)
        if going.is_single and not self._goes_by_route(going, now):
            going.ask()
        self._outgoing[place] = going
        self._policies[place] = e.policy(priority, e.FULL, e.PRODUCT)
        self._topics[place] = topic
        return going.receipt

    def next_whole(self):
        """The next payload for the application, as Incoming has it, or None."""
        return self.incoming.next_whole()

    def hear(self, frame, now: int) -> None:
        """A PLAIN event that this node wants came, of whatever topic."""
        topic = f.get_id(frame, f.TOPIC)
        if topic == self._topic or topic in self._groups:
            self._read(frame, f.PAYLOAD, now)
        else:
            e.put(self._diffusion.inbox, frame, len(frame), now)

    def receive(self, frame, now: int) -> None:
        """The courier brought a piece or a report."""
        self._read(frame, c.BODY, now)

    def poll(self, now: int) -> None:
        """Send what is due."""
        for place in range(len(self._outgoing)):
            going = self._outgoing[place]
            if going and going.is_over(now):
                going.receipt.end()
                self._outgoing[place] = None
            elif going and ticks_diff(now, going.due_at) >= 0:
                self._go_on(place, going, now)
        row = self.incoming.next_report(now)
        while row >= 0:
            self._report(row, now)
            row = self.incoming.next_report(now)

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next useful poll, at the latest `soonest`."""
        for going in self._outgoing:
            if going:
                if ticks_diff(going.due_at, soonest) < 0:
                    soonest = going.due_at
                if ticks_diff(going.ends_at, soonest) < 0:
                    soonest = going.ends_at
        return self.incoming.next_deadline(soonest)

    def _read(self, frame, at, now):
        if g.is_report(frame, at):
            if f.get_id(frame, at + g.SOURCE) == self._node.id:
                self._read_report(frame, at, now)
        elif not g.is_fragment(frame, at):
            self.incoming.malformed += 1
        elif self._is_for_this_node(frame, at):
            self.incoming.hear(frame, at, now)

    def _read_report(self, frame, at, now):
        number = f.get_u16(frame, at + g.NUMBER)
        for going in self._outgoing:
            if going and going.number == number and frame[at + g.BOOT] == self._node.epoch:
                came = g.came_of(frame, at)
                going.hear(f.get_id(frame, f.ORIGIN), came, self._courier.pause_ms, now)

    def _is_for_this_node(self, frame, at):
        if frame[at] & g.IS_GROUP:
            return f.get_id(frame, at + g.IDS) in self._groups
        return g.names(frame, at, self._node.id)

    def _go_on(self, place, going, now):
        """Send the next piece if the last but one is through, or begin the next round."""
        pause_ms = self._courier.pause_ms
        if self._is_open(going, now) and not going.pending:
            going.begin_round()
        if self._is_open(going, now) and going.pending and self._send_piece(place, going, now):
            going.sent(pause_ms, now)
            self.pieces += 1
        else:
            going.due_at = ticks_add(now, pause_ms // _AGAIN)

    def _goes_by_route(self, going, now):
        return going.is_by_route and self._courier.routes.step_to(going.ids[0], now) != NOBODY

    def _is_open(self, going, now):
        if self._goes_by_route(going, now):
            return self._courier.under_way(c.LETTER) < _WINDOW
        relay, node = self._diffusion.relay, self._node
        last = relay.find(node.id, node.epoch, going.last)
        return last < 0 or relay.find(node.id, node.epoch, going.before) < 0

    def _send_piece(self, place, going, now):
        if self._goes_by_route(going, now):
            length = going.write(self._courier.draft, c.BODY)
            return self._courier.post(going.ids[0], c.LETTER, length, now)
        draft = self._diffusion.draft
        length = going.write(draft, f.PAYLOAD)
        left_s = (ticks_diff(going.ends_at, now) + 999) // 1000
        if not self._send_event(self._topics[place], self._policies[place], left_s, length, now):
            return False
        going.before = going.last
        going.last = (self._diffusion.sequence - 1) & 0xFFFF
        return True

    def _send_event(self, topic, policy, life_s, length, now):
        """Queue the draft, of which the payload is there already; False if it was refused."""
        draft = self._diffusion.draft
        f.put_header(draft, f.EVENT, self._node.mesh, self._diffusion.hop_limit)
        f.put_id(draft, f.TOPIC, topic)
        draft[f.POLICY] = policy
        f.put_u16(draft, f.LIFE_S, life_s)
        return self._diffusion.send_draft(length, now) >= 0

    def _report(self, row, now):
        """By courier if a way is known; every other one as an event, if no new piece came."""
        incoming, courier = self.incoming, self._courier
        source = incoming.sources[row]
        if incoming.reports[row] & 1 and courier.routes.step_to(source, now) != NOBODY:
            length = incoming.write_report(courier.draft, c.BODY, row)
            if courier.post(source, c.LETTER, length, now):
                return
        length = incoming.write_report(self._diffusion.draft, f.PAYLOAD, row)
        self._send_event(self._topic, e.PRODUCT_POLICY, _REPORT_LIFE_S, length, now)

    def _members(self, topic, now):
        interests = self._diffusion.interests
        return interests.count(topic, self._node.id, now) if interests.is_complete() else 0

    def _free_place(self):
        for place in range(len(self._outgoing)):
            going = self._outgoing[place]
            if going is None or going.receipt.state == DELIVERED:
                return place
        raise SendError(f"{len(self._outgoing)} sends are under way, and 'sends' allows no more")
