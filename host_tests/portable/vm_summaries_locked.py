"""MicroPython only: reporting, merging and telling summaries must not touch the heap."""

import micropython

from fakes import FakeRadio, LowestRoll, node_of
from skein import frame as f
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.strategies import NUMBERS
from skein.summary_reader import read
from skein.ticks import TICKS_MAX, ticks_add
from summing import POLICY, TOPIC


class Tier:
    """A leader and a member; every other report is lost on its way."""

    def __init__(self):
        self.now = TICKS_MAX - 9000
        self.is_locked = False
        self.heard = 0
        self.out = OutgoingFrame()
        self.frames = [bytearray(length) for length in range(f.MTU + 1)]
        self.nodes = [self.node(1, 250), self.node(2, 10)]
        for node in self.nodes:
            node.start(self.now)
            node.diffusion.summaries.use(TOPIC, NUMBERS)
        for _ in range(8000):
            self.step()
        for node in self.nodes:
            for value in (3, -5):
                node.diffusion.emit(TOPIC, str(value).encode(), POLICY, 300, self.now)
        self.is_locked = True

    def node(self, number, score):
        settings = NodeSettings(node=node_of(number), score=score, summary_ms=1000, tier_ms=2000)
        node = Node(settings, FakeRadio(), LowestRoll())
        node.diffusion.wishes.want(TOPIC, 3)
        return node

    def run(self):
        for _ in range(9000):
            self.step()

    def step(self):
        self.now = ticks_add(self.now, 1)
        for at in range(2):
            self.nodes[at].poll(self.now)
            while self.nodes[at].take_frame(self.out):
                self.carry(1 - at)

    def carry(self, to):
        if self.is_locked and f.kind_of(self.out.buffer) == f.CARRIED:
            self.heard += 1
            if self.heard % 2:
                return  # lost: it must be repeated
        frame = self.frames[self.out.length]
        for at in range(self.out.length):
            frame[at] = self.out.buffer[at]
        self.nodes[to].receive(0, frame, -60, 0, self.now)


def test_reports_receipts_and_summaries_touch_no_heap():
    tier = Tier()
    micropython.heap_lock()
    try:
        tier.run()
    finally:
        micropython.heap_unlock()
    told = [node.next_event() for node in tier.nodes]
    leader = 0 if told[0] else 1
    event = read(told[leader], tier.nodes[leader].diffusion.summaries.strategies)
    assert (event["count"], event["min"], event["max"], event["sum"]) == (4, -5, 3, -4)
    assert tier.heard == 2  # one that was lost, and one that arrived
    assert tier.nodes[1 - leader].courier.given_up == 0
