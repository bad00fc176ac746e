"""MicroPython only: learning who hears whom, and leaving events to others, touches no heap."""

import micropython
from vm_repair_locked import POLICY, Pair

from fakes import FakeRadio, LowestRoll, node_of
from skein.interest_table import HIGH
from skein.node import Node
from skein.settings import NodeSettings


def test_learning_who_hears_whom_and_leaving_it_to_others_touches_no_heap():
    pair = Pair()
    pair.nodes = [
        Node(NodeSettings(node=node_of(number), repair=8, two_hops=1), FakeRadio(), LowestRoll())
        for number in (1, 2)
    ]
    for node in pair.nodes:
        node.diffusion.wishes.want("anomaly.smoke", HIGH)
        node.start(pair.now)
    pair.run(8000)
    pair.nodes[0].two_hops.stamina = 1
    for count in range(6):
        node = pair.nodes[count % 2]
        assert node.diffusion.emit("anomaly.smoke", b"%d" % count, POLICY, 600, pair.now)
    micropython.heap_lock()
    try:
        pair.run(9000)
    finally:
        micropython.heap_unlock()
    for node in pair.nodes:
        assert node.two_hops.hearing.count_both_ways() == 1
        assert len(node.diffusion.inbox) == 3
