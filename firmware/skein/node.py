"""One node of the mesh: ties the parts together.  The only class that a device meets.

Five verbs.  After each `receive` or `poll`, call `take_frame` and `next_event` until they have
nothing left; then sleep until `next_deadline` or the next frame, whichever comes first.
"""

from array import array
from struct import pack_into

from micropython import const

from skein import frame as f
from skein.diffusion import Diffusion
from skein.election import Election
from skein.neighbours import Neighbours
from skein.role import LEADER
from skein.ticks import ticks_add, ticks_diff

_BEAT_MS = const(2000)  # between two heartbeats, at the least
_BEAT_SHARE = const(40)  # heartbeats may fill one fortieth of the channel
_MOST_SLOW_BEACONS = const(4)  # in a period; 16 on a fast link
_SLOW_MISSES = const(6)  # 3 on a fast link; the periods of slow ones differ more among nodes
_SCORE_STEP = const(8)  # a smaller change is not announced
_TIDY_MS = const(1000)
_CALM_MS = const(300000)  # each five minutes without a reboot add a point, for an hour
_CALMEST = const(13)
_WHOLE_FRAME = "250s"  # f.MTU


class OutgoingFrame:
    """What take_frame fills: the first `length` bytes of `buffer` go out on link number `link`."""

    def __init__(self):
        self.buffer = bytearray(f.MTU)
        self.length = 0
        self.link = 0

    def copy(self, frame: bytearray, length: int) -> None:
        pack_into(_WHOLE_FRAME, self.buffer, 0, frame)
        self.length = length


class Node:
    """A node with one link.

    settings: a NodeSettings, needed only here.
    link: what it needs to know of its radio: `airtime_us(length)`, a frame's time on the air;
    `slot_us`, the time in which it notices that another one speaks; `is_slow`, True where airtime
    is too dear for every node to pass on every event.
    dice: an object with randrange(n), such as the random module.
    """

    quiet = 1  # heartbeats as if there were so many nodes: where airtime is rationed

    def __init__(self, settings, link, dice):
        self.id = settings.node
        self.mesh = settings.mesh
        self._link = link
        self.fitness = settings.score  # the score but for links and uptime
        self._calm = self._calmer_at = 0
        self.election = Election(self.id, settings.score, settings.term, dice)
        if link.is_slow:
            self.election.pace.most_in_a_period = _MOST_SLOW_BEACONS
            self.election.pace.misses = _SLOW_MISSES
            self.election.pace.few = 0
        self.neighbours = Neighbours(settings.neighbours, _BEAT_MS * 7 // 2)
        self.diffusion = Diffusion(settings, self.neighbours, link, dice)
        self.slow = self.diffusion.relay if link.is_slow else None
        self.parts = [self.slow] if self.slow else []
        self.cell = self.courier = self.replica = None
        if settings.options:
            from skein.options import equip  # noqa: PLC0415 - its code takes heap

            equip(self, settings, link, dice)
        self.diffusion.relay.join(self.diffusion)
        if self.slow:
            self.slow.backbone.join(self.election)
        self.rejected = array("i", bytes(4 * len(f.REASONS)))
        self.echoes = self.frames_in = self.frames_out = 0
        self.epoch = settings.epoch
        self._beacons = 0
        self._is_beacon_due = False
        self._now = 0
        self._tidy_at = 0

    def start(self, now: int) -> None:
        """Begin to take part.  Call once, before any other verb."""
        self._now = now
        self._tidy_at = now
        self._calmer_at = ticks_add(now, _CALM_MS)
        self.election.start(now)
        self.diffusion.start(now)
        if self.cell:
            self.cell.start(now)
        for part in self.parts:
            part.start(now)

    def receive(self, link: int, frame: bytearray, rssi_dbm: int, snr_db: int, now: int) -> None:
        """A frame arrived.

        link: the number of the link it came by, 0 while a board has one.  frame: valid only
        during the call.  rssi_dbm: -128..-1.  snr_db: 0 where the radio does not measure it.
        """
        self._now = now
        self.frames_in += 1
        reason = f.check(frame, self.mesh)
        if reason != f.OK:
            self.rejected[reason] += 1
            return
        sender = f.get_id(frame, f.SENDER)
        if sender == self.id:
            self.echoes += 1  # nobody else may use our id: a replay, or two boards with one id
            return
        kind = f.kind_of(frame)
        row = self._hear_neighbour(sender, kind, rssi_dbm, now)
        is_of_cell = self.cell is None or self.cell.hear(frame, now)
        for part in self.parts:
            part.hear_frame(frame, row, now)
        if self.courier:
            self.courier.hear(frame, now)
        elif kind >= f.CARRIED and kind != f.OFFER and not self.parts:
            self.rejected[f.UNKNOWN_KIND] += 1
        if kind == f.BEACON:
            history = 0
            if row >= 0:
                history = self.neighbours.hear_beacon(row, frame, self.election.leader)
            if is_of_cell:
                self.election.hear_beacon(frame, now, history)
        else:
            self.election.hear_neighbour(sender, now)
            if kind < f.CARRIED:
                self.diffusion.hear(frame, row, now)

    def poll(self, now: int) -> None:
        """Do what is due."""
        self._now = now
        if ticks_diff(now, self._tidy_at) >= 0:
            self._tidy(now)
        if self.election.poll(now, self.neighbours):
            self._is_beacon_due = True
        if self.cell and self.cell.poll(now):
            self._is_beacon_due = True
        self.diffusion.poll(now)
        for part in self.parts:
            part.poll(now)
        if self.courier:
            self.courier.poll(now)

    def take_frame(self, out: OutgoingFrame) -> bool:
        """Fill `out` with the next frame to transmit; False when there is none at present."""
        if self._is_beacon_due:
            self._is_beacon_due = False
            self._write_beacon(out)
        elif not self._take_of_parts(out) and not (self.courier or self.diffusion).take(
            out, self._now
        ):
            return False
        if self.slow:
            self.slow.finish(out, self._now)
        self.frames_out += 1
        return True

    def next_event(self):
        """The next event for the application, the most urgent first, or None."""
        return self.diffusion.next_event(self._now)

    def next_deadline(self) -> int:
        """Instant of the next useful poll."""
        messages = self.diffusion.next_deadline()
        soonest = self.election.next_deadline()
        if ticks_diff(messages, soonest) < 0:
            soonest = messages
        if self.cell:
            soonest = self.cell.soonest(soonest)
        if ticks_diff(self._tidy_at, soonest) < 0:
            soonest = self._tidy_at
        for part in self.parts:
            soonest = part.next_deadline(soonest)
        return self.courier.next_deadline(soonest) if self.courier else soonest

    def _take_of_parts(self, out):
        for part in self.parts:  # noqa: SIM110 - a generator takes heap
            if part.take(out, self._now):
                return True
        return False

    def _hear_neighbour(self, sender, kind, rssi_dbm, now):
        row = self.neighbours.find(sender)
        if row < 0:
            if kind != f.BEACON and not self.slow:
                return -1  # invented senders must not take the place of neighbours
            row = self.neighbours.admit(sender, now)
            if row < 0:
                return -1
            self.diffusion.relay.forget_row(row)
        self.neighbours.hear(row, rssi_dbm, now)
        return row

    def _write_beacon(self, out):
        frame = out.buffer
        f.put_header(frame, f.BEACON, self.mesh, 0)
        f.put_origin(frame, self.id, self.epoch, self._beacons)
        self._beacons = (self._beacons + 1) & 0xFFFF
        self.election.write(frame)
        frame[f.ROLE] |= self.election.role | self.election.want_flag(self._now)
        frame[f.SCORE] = self.election.said_score()
        f.put_period(frame, f.PERIOD, self.election.pace.beat_ms)
        out.length = self.cell.write(frame, self._now) if self.cell else f.BEACON_LEN
        if self.slow:
            out.length = self.slow.repair.write(frame, out.length, self._now)

    def _tidy(self, now):
        self.neighbours.expire(now)
        self.diffusion.expire(now)
        self._set_pace(self.cell.expire(now) if self.cell else f.BEACON_LEN)
        self._rate(now)
        self._tidy_at = ticks_add(now, _TIDY_MS)

    def _set_pace(self, beacon_bytes):
        airtime_us = self._link.airtime_us(beacon_bytes)
        around = max(self.neighbours.count + 1, self.quiet)
        pace = self.election.pace
        pace.beat_ms = _beat_ms(around, airtime_us)
        pace.longest_ms = 2 * _beat_ms(len(self.neighbours.ids), airtime_us)
        pace.spread_ms = max(20, 4 * around * airtime_us // 1000)
        self.neighbours.lifetime_ms = pace.beat_ms * (2 * pace.misses + 1) // 2
        self.neighbours.longest_ms = pace.longest_ms * (2 * pace.misses + 1) // 2

    def _rate(self, now):
        """Weigh links and uptime into the score, in steps; a leader names who is to succeed it."""
        if self._calm < _CALMEST and ticks_diff(now, self._calmer_at) >= 0:
            self._calm += 1
            self._calmer_at = ticks_add(now, _CALM_MS)
        score = min(255, self.fitness + self._calm + self.neighbours.link_points())
        if abs(score - self.election.score) >= _SCORE_STEP:
            self.election.score = score
        if self.election.role == LEADER:
            self.election.deputy = self.neighbours.best_follower(self.id)


def _beat_ms(nodes, airtime_us):
    return max(_BEAT_MS, _BEAT_SHARE * nodes * airtime_us // 1000)
