"""MicroPython only: receiving, passing on, polling and expiring must not touch the heap."""

import micropython

from fakes import LowestRoll, node_of
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
    made = Node(NodeSettings(node=node_of(1), score=200), Radio(is_slow), LowestRoll())
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


def locked(work):
    """Call work.run() with the heap locked; any allocation raises MemoryError."""
    micropython.heap_lock()
    try:
        work.run()
    finally:
        micropython.heap_unlock()


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
            frame = self.frames[step % 4]
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


def test_two_minutes_of_traffic_on_a_slow_link_touch_no_heap():
    traffic = Traffic(is_slow=True)
    locked(traffic)
    assert traffic.node.diffusion.relay.retries
    assert traffic.node.frames_out > 10


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
