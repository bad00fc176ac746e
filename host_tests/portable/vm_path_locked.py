"""MicroPython only: passing on along the way to the only wisher touches no heap."""

from vm_heap_locked import node

from fakes import RING_STARTS, node_of
from heap_lock import locked
from lone_node import ORIGIN, SMOKE, declaration, event
from skein import frame as f
from skein.interest_table import HIGH
from skein.node import OutgoingFrame
from skein.ticks import ticks_add

WISHER = node_of(60)


class Way:
    """A node between a source and the only wisher, both of them its neighbours."""

    def __init__(self, start):
        self.now = start
        self.node = node()
        self.node.start(start)
        for neighbour in (ORIGIN, WISHER):
            self.node.neighbours.admit(neighbour, start)
        self.node.diffusion.interests._is_short = False
        self.node.diffusion.wishes.want("anomaly.smoke", 0)
        self.out = OutgoingFrame()
        self.sent = 0
        wish = declaration(1, {SMOKE: HIGH | f.ALONE}, WISHER)
        self.frames = [declaration(1, {}), wish]
        for count in range(40):
            to_pass = event(count, hop_limit=2)
            heard_further = event(count, sender=WISHER, hop_limit=1)
            self.frames += [to_pass, heard_further if count % 2 else to_pass]

    def run(self):
        for frame in self.frames:
            self.node.receive(0, frame, -60, 0, self.now)
            for _ in range(60):
                self.now = ticks_add(self.now, 5)
                self.node.poll(self.now)
                while self.node.take_frame(self.out):
                    self.sent += f.kind_of(self.out.buffer) == f.EVENT


def test_the_way_to_the_only_wisher_touches_no_heap():
    for start in RING_STARTS:
        way = Way(start)
        locked(way)
        relay = way.node.diffusion.relay
        assert relay._hops_to_wisher(event(99)) == 1
        assert way.sent > 40 and relay.retries and relay.gave_up  # it went through every branch
