"""MicroPython only: what waits is sent without touching the heap."""

import micropython

from fakes import FakeRadio, LowestRoll, node_of
from skein.interest_table import HIGH, LOW, MEDIUM
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import TICKS_MAX, ticks_add


def test_updates_wait_and_go_without_heap():
    node = Node(NodeSettings(node=node_of(1), updates=3), FakeRadio(), LowestRoll())
    now = TICKS_MAX - 100
    node.start(now)
    node.neighbours.admit(node_of(2), now)
    topics = [node.diffusion.wishes.learn(name) for name in ("a", "b", "c")]
    for topic, level in zip(topics, (HIGH, MEDIUM, LOW)):  # noqa: B905 - the VM's has no strict
        node.diffusion.interests.put(topic, node_of(2), level, now)
        assert node.updates.update(topic, bytes(20), True, 2, now)
    out = OutgoingFrame()
    micropython.heap_lock()
    try:
        for _ in range(300):
            now = ticks_add(now, 1)
            node.poll(now)
            node.next_deadline()
            while node.take_frame(out):
                pass
    finally:
        micropython.heap_unlock()
    assert node.updates.sent == 3
