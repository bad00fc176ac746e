"""MicroPython only: keeping others' alarms, answering and gathering must not touch the heap."""

import micropython

from fakes import FakeRadio, LowestRoll, node_of
from skein import event as e
from skein import frame as f
from skein import query as q
from skein.asking import ask
from skein.ids import NOBODY
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import TICKS_MAX, ticks_add


class Pair:
    """Two nodes that hear each other; one asks the other while the heap is locked."""

    def __init__(self):
        self.now = TICKS_MAX - 4000
        self.out = OutgoingFrame()
        self.frames = [bytearray(length) for length in range(f.MTU + 1)]
        self.nodes = [self.node(number) for number in (1, 2)]
        for node in self.nodes:
            node.start(self.now)
        self.run(3000)
        for count in range(20):
            for node in self.nodes:
                node.diffusion.emit(
                    "telemetry.t", bytes((count,)), e.TELEMETRY_POLICY, 60, self.now
                )
        self.nodes[1].diffusion.emit("anomaly.a", bytes(20), e.ANOMALY_POLICY, 60, self.now)
        query = ((q.MESH, NOBODY), 20, b"", (0, q.AGE_ANY, NOBODY))
        self.asking = ask(self.nodes[0].diffusion.queries, query, 3000, self.now)

    def node(self, number):
        settings = NodeSettings(node=node_of(number), store_bytes=2200)
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


def test_keeping_answering_and_gathering_touch_no_heap():
    pair = Pair()
    micropython.heap_lock()
    try:
        pair.run(3000)
    finally:
        micropython.heap_unlock()
    assert pair.asking.node_count == 2
    assert pair.asking.count == 20
    assert pair.nodes[1].diffusion.queries.answered > 2
    alarms = pair.nodes[0].diffusion.queries.alarms
    assert alarms.end == 1  # the other's
