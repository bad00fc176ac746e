"""MicroPython only: order and confirmation must not touch the heap, on both ends and between."""

import micropython

from fakes import FakeRadio, LowestRoll, node_of
from skein import event as e
from skein import frame as f
from skein.interest_table import HIGH
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import TICKS_MAX, ticks_add

TOPIC = "command.siren"
IN_ORDER = e.policy(1, e.FULL, e.COMMAND, e.IN_ORDER)
CONFIRMED = e.policy(1, e.FULL, e.COMMAND, e.CONFIRMED)
LATEST = e.policy(1, e.FULL, e.COMMAND, e.LATEST)


def node(number, start):
    settings = NodeSettings(node=node_of(number), ordered=2, confirmed=2, inbox_slots=4)
    made = Node(settings, FakeRadio(), LowestRoll())
    made.diffusion.wishes.want(TOPIC, HIGH)
    made.start(start)
    return made


def event(policy):
    frame = bytearray(f.PAYLOAD + 2)
    f.put_header(frame, f.EVENT, 0, 7)
    frame[f.POLICY] = policy
    frame[f.LIFE_S] = 60
    return frame


class Pair:
    """Two nodes that hear each other, and a stranger whose events come in the wrong order."""

    def __init__(self):
        self.now = TICKS_MAX - 20000
        self.nodes = (node(1, self.now), node(2, self.now))
        self.out = OutgoingFrame()
        self.air = [bytearray(n) for n in range(f.MTU + 1)]  # one of each length
        self.strange = (event(IN_ORDER), event(CONFIRMED), event(LATEST))
        for frame in self.strange:
            f.put_id(frame, f.TOPIC, self.nodes[0].diffusion.wishes.learn(TOPIC))
        self.stranger = node_of(9)
        self.read = 0

    def run(self):
        for step in range(6000):
            self.now = ticks_add(self.now, 5)
            for at in range(2):
                self.turn(at)
            if step % 20 == 0:
                self.hear_stranger(step // 20)

    def hear_stranger(self, number):
        frame = self.strange[number % 3]
        f.put_origin(frame, self.stranger, 0, number)
        f.put_id(frame, f.SENDER, self.nodes[1].id)  # who passes it on
        last = len(frame) - 1
        frame[last] = 0 if number % 3 else number // 3 ^ 1
        if number % 6 == 1:
            frame[last] = 6
        self.nodes[0].receive(0, frame, -60, 0, self.now)

    def turn(self, at):
        this, other = self.nodes[at], self.nodes[1 - at]
        this.poll(self.now)
        while this.take_frame(self.out):
            frame = self.air[self.out.length]
            for place in range(self.out.length):
                frame[place] = self.out.buffer[place]
            other.receive(0, frame, -60, 0, self.now)
        slot = this.diffusion.inbox.take(self.now)
        if slot >= 0:
            this.diffusion.inbox.sent(slot)
            self.read += 1
        this.next_deadline()


def test_half_a_minute_of_ordered_confirmed_and_latest_events_touches_no_heap():
    pair = Pair()
    pair.run()  # until they know each other's interests
    first = pair.nodes[1].diffusion
    assert first.emit(TOPIC, b"on", CONFIRMED, 60, pair.now)
    receipt = first.assurances[e.CONFIRMED].last
    assert first.emit(TOPIC, b"on", IN_ORDER, 60, pair.now)
    micropython.heap_lock()
    try:
        pair.run()
    finally:
        micropython.heap_unlock()
    assert receipt.state == 1
    ordering = pair.nodes[0].diffusion.assurances[e.IN_ORDER]
    assert pair.read > 100 and ordering.lost + ordering.late > 0
