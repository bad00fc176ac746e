"""MicroPython only: sending, passing on and putting together must not touch the heap."""

import micropython

from fakes import FakeRadio, node_of
from send_air import blob, sends_of
from skein import frame as f
from skein.delivery import DELIVERED
from skein.fragment import head_of
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import TICKS_MAX, ticks_add
from skein.turns import NORMAL

COUNT = 3
LOST = 4  # one frame in so many


class SmallDice:
    """Seeded dice whose products stay small ints."""

    def __init__(self, seed):
        self._state = seed + 1

    def randrange(self, n):
        self._state = (self._state * 75 + 74) % 65537
        return (self._state >> 3) % n


class Line:
    """Three nodes, each of which hears the next, without any heap once it is built."""

    def __init__(self):
        self.now = TICKS_MAX - 4000
        self.out = OutgoingFrame()
        self.frames = [bytearray(length) for length in range(f.MTU + 1)]
        self.dice = SmallDice(3)
        self.nodes = []
        for number in range(COUNT):
            settings = NodeSettings(node=node_of(number), sends=2)
            self.nodes.append(Node(settings, FakeRadio(), SmallDice(number)))
            self.nodes[number].start(self.now)

    def run(self, ms):
        for _ in range(ms):
            self.now = ticks_add(self.now, 1)
            for at in range(COUNT):
                self.nodes[at].poll(self.now)
                while self.nodes[at].take_frame(self.out):
                    if self.dice.randrange(LOST):
                        self.carry(at - 1)
                        self.carry(at + 1)

    def carry(self, to):
        if not 0 <= to < COUNT:
            return
        frame = self.frames[self.out.length]
        for at in range(self.out.length):
            frame[at] = self.out.buffer[at]
        self.nodes[to].receive(0, frame, -60, 0, self.now)


def test_four_kilobytes_to_one_and_to_all_over_a_lossy_air_take_no_heap():
    line = Line()
    line.run(2500)
    payload = blob(4096)
    sends = sends_of(line.nodes[0])
    text = (head_of("", payload), payload)
    receipt = sends.send(text, [node_of(2)], NORMAL, 60, line.now)
    sends.send(text, None, NORMAL, 60, line.now)
    micropython.heap_lock()
    try:
        line.run(6000)
    finally:
        micropython.heap_unlock()
    assert receipt.state == DELIVERED
    for number, count in ((1, 1), (2, 2)):
        for _ in range(count):
            source, topic, view = sends_of(line.nodes[number]).next_whole()
            assert (source, topic, bytes(view)) == (node_of(0), "", payload)
        assert sends_of(line.nodes[number]).next_whole() is None
