"""MicroPython only: keeping, offering, asking for and repeating events touches no heap."""

import micropython

from fakes import FakeRadio, LowestRoll, node_of
from skein import event as e
from skein import frame as f
from skein.interest_table import HIGH
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import TICKS_MAX, ticks_add
from skein.turns import NORMAL

POLICY = e.policy(NORMAL, e.FULL, e.ANOMALY)


class Pair:
    """Two nodes that do not hear each other for a while."""

    def __init__(self):
        self.now = TICKS_MAX - 1000
        self.is_open = True
        self.out = OutgoingFrame()
        self.frames = [bytearray(length) for length in range(f.MTU + 1)]
        self.nodes = [
            Node(NodeSettings(node=node_of(number), repair=8), FakeRadio(), LowestRoll())
            for number in (1, 2)
        ]
        for node in self.nodes:
            node.diffusion.wishes.want("anomaly.smoke", HIGH)
            node.start(self.now)

    def run(self, ms):
        for _ in range(ms):
            self.now = ticks_add(self.now, 1)
            for at in range(2):
                self.nodes[at].poll(self.now)
                self.nodes[at].next_deadline()
                while self.nodes[at].take_frame(self.out):
                    self.carry(1 - at)

    def carry(self, to):
        if not self.is_open:
            return
        frame = self.frames[self.out.length]
        for at in range(self.out.length):
            frame[at] = self.out.buffer[at]
        self.nodes[to].receive(0, frame, -60, 0, self.now)


def test_what_was_missed_is_repaired_without_heap():
    pair = Pair()
    pair.run(1500)
    pair.is_open = False
    for count in range(6):
        node = pair.nodes[count % 2]
        assert node.diffusion.emit("anomaly.smoke", b"%d" % count, POLICY, 600, pair.now)
    micropython.heap_lock()
    try:
        pair.run(1500)
        pair.is_open = True
        pair.run(4000)
    finally:
        micropython.heap_unlock()
    assert sum(node.repair.repaired for node in pair.nodes) >= 6
    for node in pair.nodes:
        assert len(node.diffusion.inbox) == 3
