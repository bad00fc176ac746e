"""MicroPython only: receiving, passing on, polling and expiring must not touch the heap."""

from fakes import LowestRoll, node_of
from heap_lock import locked
from skein import beacon_parts as p
from skein import event as e
from skein import frame as f
from skein.interest_table import HIGH
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import TICKS_MAX, ticks_add


class Radio:
    slot_us = 28000

    def __init__(self, is_slow):
        self.is_slow = is_slow

    def airtime_us(self, length):
        return 192 + (43 + length) * 8


def node(is_slow=False):
    settings = NodeSettings(node=node_of(1), score=200, neighbours=12)
    made = Node(settings, Radio(is_slow), LowestRoll())
    made.diffusion.wishes.want("anomaly.smoke", HIGH)
    made.start(TICKS_MAX - 20000)
    return made


def beacon(leader, term):
    frame = bytearray(f.BEACON_LEN)
    f.put_header(frame, f.BEACON, 0, 0)
    f.put_id(frame, f.TERM, term)
    f.put_id(frame, f.LEADER, leader)
    frame[f.ROLE] = f.ELECTED
    frame[f.LEADER_SCORE] = 255
    return frame


def declaration():
    frame = bytearray(f.ROWS + 2 * f.ROW_LEN)
    f.put_header(frame, f.INTEREST, 0, 7)
    frame[f.ROW_COUNT] = 2
    frame[f.ROWS] = 9
    frame[f.ROWS + 4] = frame[f.ROWS + f.ROW_LEN + 4] = HIGH
    return frame


def event(of_node):
    frame = bytearray(f.PAYLOAD + 40)
    f.put_header(frame, f.EVENT, 0, 7)
    f.put_id(frame, f.TOPIC, of_node.diffusion.wishes.learn("anomaly.smoke"))
    frame[f.POLICY] = e.CRITICAL_POLICY
    frame[f.LIFE_S] = 60
    return frame


class Allocation:
    def run(self):
        return bytearray(100)


def test_the_lock_itself_is_felt():
    try:
        locked(Allocation())
    except MemoryError:
        return
    raise AssertionError("the heap was not locked, so the other tests here show nothing")


class Traffic:
    """Two minutes of everything a node can hear, across the end of the tick ring."""

    def __init__(self, is_slow):
        self.node = node(is_slow)
        self.out = OutgoingFrame()
        leader = node_of(5)
        self.frames = (beacon(leader, 3), declaration(), event(self.node), bytearray(9))
        self.senders = [node_of(n) for n in range(5, 60)]

    def run(self):
        now = TICKS_MAX - 20000
        for step in range(1200):
            now = ticks_add(now, 100)
            frame = self.frames[step % len(self.frames)]
            if len(frame) > f.HEADER_LEN:
                f.put_origin(frame, self.senders[step % 7 if step < 600 else step % 55], 0, step)
            if len(frame) == f.BEACON_LEN:
                f.put_u16(frame, f.BEAT, step)
            self.node.receive(0, frame, -70, 0, now)
            self.drain()
            self.node.receive(0, frame, -70, 0, now)
            self.node.poll(now)
            self.drain()
            self.node.next_deadline()

    def drain(self):
        while self.node.take_frame(self.out):
            pass


def test_two_minutes_of_traffic_touch_no_heap():
    traffic = Traffic(is_slow=False)
    locked(traffic)
    status = traffic.node.diffusion
    # The run must have gone through every part, or it would show nothing.
    assert status.duplicates and status.relay.retries and status.seen.evicted
    assert status.inbox.refused[0] and len(status.interests)
    assert traffic.node.rejected[f.TOO_SHORT] and traffic.node.frames_out > 100
    assert traffic.node.neighbours.replaced


class CellTraffic:
    """Three minutes among members who come, go, reboot, are suspected and die."""

    def __init__(self):
        settings = NodeSettings(node=node_of(1), score=200, members=6)
        self.node = Node(settings, Radio(is_slow=False), LowestRoll())
        self.node.start(TICKS_MAX - 20000)
        self.out = OutgoingFrame()
        self.beacon = bytearray(p.FIRST_ROW + 3 * p.ROW_LEN)
        f.put_header(self.beacon, f.BEACON, 0, 0)
        f.put_period(self.beacon, f.PERIOD, 2000)
        self.garbage = bytearray(p.FIRST_ROW + 1)
        f.put_header(self.garbage, f.BEACON, 0, 0)
        self.nodes = [node_of(n) for n in range(1, 20)]

    def run(self):
        now = TICKS_MAX - 20000
        for step in range(1800):
            now = ticks_add(now, 100)
            if step % 5 == 0 and step % 300 < 150:
                f.put_origin(self.beacon, self.nodes[1 + step // 5 % 4], step // 300, step)
                self.beacon[p.WHAT] = 3 | (p.LEAVING if step % 35 == 0 else 0)
                for row in range(3):
                    at = p.FIRST_ROW + row * p.ROW_LEN
                    f.put_id(self.beacon, at, self.nodes[(step + 7 * row) % 19])
                    self.beacon[at + p.STATE] = step * 37 + row & 0xFF
                self.node.receive(0, self.beacon, -70, 0, now)
                f.put_origin(self.garbage, self.nodes[3], 0, step)
                self.garbage[p.WHAT] = 9
                self.node.receive(0, self.garbage, -70, 0, now)
            if step == 1700:
                self.node.cell.leave(now)
            self.node.poll(now)
            while self.node.take_frame(self.out):
                pass
            self.node.next_deadline()


def test_three_minutes_among_members_touch_no_heap():
    traffic = CellTraffic()
    locked(traffic)
    cell = traffic.node.cell
    # The run must have gone through every part, or it would show nothing.
    assert min(cell.members.changes) > 0
    assert cell.members.refuted and cell.members.refused and cell.members.displaced
    assert cell.news.nonsense
    assert traffic.out.buffer[p.WHAT] & p.LEAVING


class TierTraffic:
    """Three minutes in a cell whose leader dies, that splits, is dissolved and joins another."""

    def __init__(self):
        settings = NodeSettings(node=node_of(1), members=8, cell=100, cell_min=3, cell_max=4)
        self.node = Node(settings, Radio(is_slow=False), LowestRoll())
        self.node.start(TICKS_MAX - 20000)
        self.out = OutgoingFrame()
        self.senders = [node_of(n) for n in range(2, 12)]
        self.beacon = bytearray(p.FIRST_ROW + p.TIERS_LEN)
        f.put_header(self.beacon, f.BEACON, 0, 0)
        f.put_period(self.beacon, f.PERIOD, 2000)
        f.put_period(self.beacon, f.LEADER_PERIOD, 2000)
        self.beacon[f.ROLE] = f.ELECTED
        self.beacon[p.WHAT] = p.TIERS

    def run(self):
        now = TICKS_MAX - 20000
        for step in range(1800):
            now = ticks_add(now, 100)
            if step % 5 == 0 and step % 600 < 400:
                self.hear(step, now)
            self.node.poll(now)
            while self.node.take_frame(self.out):
                pass
            self.node.next_deadline()

    def hear(self, step, now):
        """Leaders of two cells, in turn, and those of five other members of ours."""
        frame, tiers = self.beacon, self.node.cell.tiers
        at = p.FIRST_ROW
        sender = self.senders[step // 5 % 7]
        is_other = step // 5 % 7 == 0
        leader = sender if is_other else self.senders[1]
        f.put_origin(frame, sender, 0, step)
        f.put_id(frame, f.TERM, 2 + step // 600)
        f.put_id(frame, f.LEADER, leader)
        f.put_u16(frame, f.BEAT, step // 10)
        frame[f.LEADER_HOPS] = 0 if sender == leader else 1
        other = 100 if tiers.cell == 200 else 200
        f.put_id(frame, at, other if is_other else tiers.cell)
        frame[at + p.SIZE] = 4 if is_other else 2 if step >= 1300 else 7
        frame[at + p.PLAN] = 0 if is_other else 2 if step >= 1300 else 1
        f.put_id(frame, at + p.HEAD, self.node.id if 300 < step < 320 else self.senders[3])
        f.put_id(frame, at + p.CLAIM + f.LEADER - f.ROLE, leader)
        f.put_u16(frame, at + p.CLAIM + f.BEAT - f.ROLE, step // 40)
        frame[at + p.CLAIM] = f.ELECTED
        self.node.receive(0, frame, -70, 0, now)


def test_three_minutes_of_cells_and_formation_touch_no_heap():
    traffic = TierTraffic()
    locked(traffic)
    tiers = traffic.node.cell.tiers
    # The run must have gone through every part, or it would show nothing.
    assert tiers.moves > 2
    assert tiers.formation.changes > 2
    assert tiers.size.splits
    assert traffic.node.frames_out > 100


class Silence:
    def __init__(self):
        self.node = node()
        self.out = OutgoingFrame()

    def run(self):
        now = TICKS_MAX - 20000
        for _ in range(600):
            now = ticks_add(now, 100)
            self.node.poll(now)
            while self.node.take_frame(self.out):
                pass


def test_electing_itself_and_leading_touch_no_heap():
    silence = Silence()
    locked(silence)
    assert silence.node.election.is_elected
    assert silence.node.frames_out > 25
