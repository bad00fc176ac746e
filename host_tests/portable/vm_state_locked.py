"""MicroPython only: telling, comparing and taking over state must not touch the heap."""

import micropython

from fakes import FakeRadio, LowestRoll, node_of
from skein import frame as f
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import TICKS_MAX, ticks_add


class Pair:
    """Two nodes that hear each other, with different states, about to meet."""

    def __init__(self):
        self.now = TICKS_MAX - 1000
        self.out = OutgoingFrame()
        self.frames = [bytearray(length) for length in range(f.MTU + 1)]
        self.nodes = [self.node(number) for number in (1, 2)]
        for number, node in enumerate(self.nodes):
            node.start(self.now)
            for count in range(6):
                node.replica.set(b"name%d%d" % (number, count), bytes(20), self.now)
            node.replica.set(b"both", b"%d" % number, self.now)
            node.replica.set(b"name%d0" % number, None, self.now)
            node.replica.count(b"cars", number + 1, self.now)

    def node(self, number):
        settings = NodeSettings(node=node_of(number), state=30)
        return Node(settings, FakeRadio(), LowestRoll())

    def run(self, ms):
        for _ in range(ms):
            self.now = ticks_add(self.now, 1)
            for at in range(2):
                self.nodes[at].poll(self.now)
                while self.nodes[at].take_frame(self.out):
                    self.carry(1 - at)

    def carry(self, to):
        frame = self.frames[self.out.length]
        for at in range(self.out.length):
            frame[at] = self.out.buffer[at]
        self.nodes[to].receive(0, frame, -60, 0, self.now)


def test_two_states_become_one_without_heap():
    pair = Pair()
    micropython.heap_lock()
    try:
        pair.run(4000)
    finally:
        micropython.heap_unlock()
    one, other = [node.replica for node in pair.nodes]
    assert one.table.sum() == other.table.sum()
    assert one.get(b"cars") == other.get(b"cars") == 3
    assert one.get(b"name15") == bytes(20)
    assert other.get(b"name00") is None
