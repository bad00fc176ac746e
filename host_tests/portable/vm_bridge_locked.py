"""MicroPython only: a bridge and a keeper at work must not touch the heap.

But for what becomes new there: an event that comes from the far side or from a sleeper, and a
declaration of another length.
"""

from vm_heap_locked import Radio, beacon, declaration, event, node

from fakes import LowestRoll, node_of
from heap_lock import locked
from skein import frame as f
from skein import sleep_frame as s
from skein.bridge import Bridge
from skein.keeper import Keeper
from skein.node import OutgoingFrame
from skein.ticks import TICKS_MAX, ticks_add

START = TICKS_MAX - 20000
ONE, OTHER = node_of(5), node_of(6)


class Crossing:
    """Two minutes at work: beats, declarations, and events that go beyond."""

    def __init__(self):
        self.near, self.far = node(), node(is_slow=True)
        self.far.id = node_of(1000)
        self.nodes = (self.near, self.far)
        self.bridge = Bridge(self.near, self.far, Radio(False), Radio(True), LowestRoll())
        self.bridge.start(START)
        self.out = OutgoingFrame()
        self.near_frames = (beacon(ONE, 3), event(self.near), declaration())
        self.far_frames = (beacon(OTHER, 3), declaration())
        self.now = START

    def run(self, steps=1200):
        for step in range(steps):
            self.now = ticks_add(self.now, 100)
            frame = self.near_frames[step % 3]
            f.put_origin(frame, ONE, 0, step)
            self.near.receive(0, frame, -70, 0, self.now)
            frame = self.far_frames[step % 2]
            f.put_origin(frame, OTHER, 0, step)
            self.far.receive(0, frame, -70, 0, self.now)
            self.bridge.poll(self.now)
            self.bridge.next_deadline(self.now)
            for each in self.nodes:
                each.poll(self.now)
                while each.take_frame(self.out):
                    pass


def test_a_bridge_at_work_touches_no_heap():
    crossing = Crossing()
    crossing.run(100)  # until it is at work and has told what it will go on telling
    before = crossing.bridge.crossed_out
    locked(crossing)
    assert crossing.bridge.is_active
    assert crossing.bridge.crossed_out > before + 100


class Calls:
    """Two minutes in which a sleeper calls, is given what is held, and another is given up."""

    def __init__(self):
        self.node = node()
        self.keeper = Keeper(self.node, Radio(False), LowestRoll(), 2, 4)
        self.keeper.start(START)
        self.event = event(self.node)
        topic = f.get_id(self.event, f.TOPIC)
        self.calls = [self.call(node_of(200), topic, 1000), self.call(node_of(201), topic, 20000)]
        self.out = OutgoingFrame()
        self.now = START
        self.kinds = bytearray(4)

    def call(self, sleeper, topic, period_ms):
        frame = bytearray(s.MARKS + 1 + s.TOPIC_LEN)
        s.put_header(frame, s.CALL, 0)
        f.put_origin(frame, sleeper, 0, 0)
        f.put_id(frame, s.TO, self.node.id)
        f.put_period(frame, s.PERIOD, period_ms)
        frame[s.MARKS] = 1
        f.put_id(frame, s.MARKS + 1, topic)
        return frame

    def run(self, steps=1200):
        for step in range(steps):
            self.now = ticks_add(self.now, 100)
            f.put_origin(self.event, ONE, 0, step)
            self.node.receive(0, self.event, -70, 0, self.now)
            self.keeper.receive(self.calls[step % 50 == 7], self.now)
            self.node.poll(self.now)
            while self.node.take_frame(self.out):
                if s.is_one(self.out.buffer):
                    self.kinds[self.out.buffer[s.WHAT]] = 1
            self.node.next_deadline()


def test_a_keeper_touches_no_heap():
    calls = Calls()
    calls.run(10)
    locked(calls)
    assert calls.kinds[s.ANSWER] and calls.kinds[s.DOWN]
    assert calls.keeper.held.displaced[0] + calls.keeper.held.refused[0]
