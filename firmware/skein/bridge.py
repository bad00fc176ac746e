"""Lets events cross between two meshes that one board belongs to.

The near mesh is an island of a fast link, the far one joins islands over a slow link.  A board
with both radios has a node on each; their ids differ, and the far one is the bridge's name.

To its island the bridge is one more node, which lies behind this board: it declares there what is
wanted beyond, and what it hears crosses.  To the far mesh it declares what its island wants.  An
event keeps source, boot and number, so whoever meets it on two ways takes it once.

Of all bridges of an island one is at work and says so, with a beat, while another bridge is known
there.  Who hears no beat for three periods takes over; of two at work the better one stays, first
one that hears anybody on the far side, then by score, then by id.  A bridge declares a topic of
its own on its island, so that bridges know each other, and take no other one's wishes for their
island's.
"""

from micropython import const

from skein import event as e
from skein import frame as f
from skein.behind import Behind
from skein.bridge_wishes import NAME, BridgeWishes
from skein.claim import outranks
from skein.seen_table import NEW
from skein.ticks import ticks_add, ticks_diff
from skein.turns import HIGH
from skein.watched_relay import watch

MISSES = const(3)  # periods without a beat after which another bridge takes over

_BEAT_LIFE_S = const(4)
_RANK = const(21)  # f.PAYLOAD: the byte of a beat that tells how fit the bridge is
_BEAT_LEN = const(22)
_BEAT_POLICY = e.policy(HIGH, e.QUERY, e.TELEMETRY, e.LATEST)
_FAR_SHARE = const(100)  # of the far channel, at most, that new wishes of one island take


class Bridge:
    """One board's part.

    near, far: its nodes.  near_link, far_link: what these know of their links.  dice: has
    randrange(n).
    crossed_out, crossed_in: events that went beyond, and that came from there.
    """

    def __init__(self, near, far, near_link, far_link, dice):
        self.id = far.id
        self._near = near
        self._far = far
        self._far_link = far_link
        self._dice = dice
        watch(near, near_link, dice, self)
        self.wishes = BridgeWishes(near.diffusion, far.diffusion)
        self._behind = Behind(far.id, near, near_link, self.wishes.beyond, dice)
        self._beat = bytearray(_BEAT_LEN)
        self.is_active = False
        self.due_at = 0
        self._heard_at = 0  # when the last beat of another bridge came
        self._tell_at = 0  # before which the far side is told of no new wish
        self._is_untold = False
        self.crossed_out = self.crossed_in = self.changes = 0

    def start(self, now: int) -> None:
        """Begin as one that stands by."""
        self._behind.start(now)
        self._heard_at = self.due_at = self._tell_at = now

    def hear(self, frame, length: int, now: int) -> None:
        """A new event goes on in the near mesh.  frame: at least `length` bytes, a bytearray."""
        topic = f.get_id(frame, f.TOPIC)
        if topic == NAME:
            if f.get_id(frame, f.ORIGIN) != self.id and length == _BEAT_LEN:
                self._hear_beat(frame, now)
        elif self.is_active and self._is_wanted_beyond(topic, frame):
            self._cross(frame, length, now)

    def poll(self, now: int) -> bool:
        """Do what is due; True if that may have given a node something to do.

        Call it also whenever the far node has heard something.
        """
        has_come = self._take_in(now)
        if ticks_diff(now, self.due_at) < 0:
            return has_come
        beat_ms = self._near.election.pace.beat_ms
        if not self.is_active and ticks_diff(now, self._heard_at) >= MISSES * beat_ms:
            self._become(True, now)
        if self.is_active:
            self.due_at = ticks_add(now, beat_ms)
            self._tell_wishes(now)
            self._say_beat(now)
        else:
            self._wait(beat_ms, now)
        self._behind.poll(now)
        return True

    def next_deadline(self, soonest: int) -> int:
        """That instant, or the one of the next useful poll if it comes before."""
        return self.due_at if ticks_diff(self.due_at, soonest) < 0 else soonest

    def _wait(self, beat_ms, now):
        """Until the one at work should have been heard, plus what keeps two from coming first."""
        left_ms = MISSES * beat_ms - ticks_diff(now, self._heard_at)
        self.due_at = ticks_add(now, min(beat_ms, left_ms + self._dice.randrange(beat_ms // 4)))

    def _become(self, is_active, now):
        self.changes += 1
        self.is_active = is_active
        self._heard_at = self.due_at = now
        self.wishes.clear()
        self._is_untold = True
        # By then it is decided who stays; and the far side still knows what the one before told.
        self._tell_at = ticks_add(now, self._near.election.pace.beat_ms)
        if not is_active:
            self._far.diffusion.declare_soon(now)
        self._behind.declare_soon(now)

    def _hear_beat(self, frame, now):
        rank = frame[_RANK]
        if not self.is_active:
            if rank or not self._rank():
                self._heard_at = now
        elif outranks(rank, f.get_id(frame, f.ORIGIN), self._rank(), self.id):
            self._become(False, now)
        else:
            self.due_at = now
            self._behind.declare_soon(
                now
            )  # those who heard only the other one know of no wish of this one

    def _rank(self):
        """0 while it hears nobody on the far side, else its score, at least 1."""
        return max(1, self._near.election.score) if self._far.neighbours.count else 0

    def _say_beat(self, now):
        if not self._near.diffusion.interests.is_wanted(NAME, self.id):
            return
        frame = self._beat
        f.put_header(frame, f.EVENT, self._near.mesh, self._behind.hops)
        f.put_id(frame, f.TOPIC, NAME)
        frame[f.POLICY] = _BEAT_POLICY
        f.put_u16(frame, f.LIFE_S, _BEAT_LIFE_S)
        frame[_RANK] = self._rank()
        self._behind.say(frame, now)

    def _tell_wishes(self, now):
        """Follow what either side wants."""
        if self.wishes.review_beyond(now):
            self._behind.declare_soon(now)
        self._is_untold |= self.wishes.review_island()
        if self._is_untold and ticks_diff(now, self._tell_at) >= 0:
            self._is_untold = False
            self._far.diffusion.declare_soon(now)
            airtime_ms = self._far_link.airtime_us(f.MTU // 2) // 1000 + 1
            self._tell_at = ticks_add(now, _FAR_SHARE * airtime_ms)

    def _is_wanted_beyond(self, topic, frame):
        """What is urgent crosses also while it cannot be known."""
        interests = self._far.diffusion.interests
        if interests.is_wanted(topic, self.id):
            return True
        return not interests.is_complete() and e.priority_of(frame[f.POLICY]) <= HIGH

    def _cross(self, frame, length, now):
        origin = f.get_id(frame, f.ORIGIN)
        far = self._far.diffusion
        sequence = f.get_u16(frame, f.SEQUENCE)
        if not f.hops_left(frame) or far.seen.meet(origin, frame[f.EPOCH], sequence, now) != NEW:
            return
        if len(frame) != length:
            frame = frame[:length]
        if not far.relay.takes(frame, -1, now):
            return  # the channel is crowded
        slot = far.relay.add(frame, length, now)
        if slot >= 0:
            self.crossed_out += 1
            f.pass_on(far.queue.slots[slot], self.id)
            far.relay.schedule(slot, -1, now)

    def _take_in(self, now):
        """Hand what the island wants over from the far node's inbox."""
        inbox = self._far.diffusion.inbox
        if not len(inbox):
            return False
        slot = inbox.take(now)
        while slot >= 0:
            self.crossed_in += 1
            self._near.diffusion.hear(inbox.slots[slot][: inbox.lengths[slot]], -1, now)
            inbox.sent(slot)
            slot = inbox.take(now)
        return True
