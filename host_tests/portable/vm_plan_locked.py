"""MicroPython only: a mesh that plans its backbone must not touch the heap."""

import micropython
from slow_air import SlowAir

from fakes import node_of
from skein.node import Node
from skein.settings import NodeSettings


class LockedNode:
    """A node of which each verb runs with the heap locked; all else is as with any."""

    def __init__(self, node):
        self._node = node

    def __getattr__(self, name):
        return getattr(self._node, name)

    def receive(self, link, frame, rssi_dbm, snr_db, now):
        micropython.heap_lock()
        self._node.receive(link, frame, rssi_dbm, snr_db, now)
        micropython.heap_unlock()

    def poll(self, now):
        micropython.heap_lock()
        self._node.poll(now)
        micropython.heap_unlock()

    def take_frame(self, out):
        micropython.heap_lock()
        is_taken = self._node.take_frame(out)
        micropython.heap_unlock()
        return is_taken


class SmallDice:
    """Dice whose sums stay small ints, as those of a board do."""

    def __init__(self, seed):
        self._state = seed % 65536

    def randrange(self, n):
        self._state = (self._state * 75 + 74) % 65537
        return self._state * 31 % n


class LockedAir(SlowAir):
    def _boot(self, number, epoch, term):
        settings = NodeSettings(node=node_of(number), epoch=epoch, term=term)
        made = Node(settings, self.radio, SmallDice(self._dice.randrange(65536)))
        made.start(self.now)
        self.events[number] = []
        return LockedNode(made)


def test_reporting_planning_and_handing_out_touch_no_heap():
    air = LockedAir(8, seed=4, loss_percent=10)
    air.ring()
    assert air.wait_for(lambda: air.is_planned(6))
    old = air.leaders()[0]
    air.kill(old)
    assert air.wait_for(air.leaders)
    assert air.wait_for(lambda: {each.plan.leader for each in air.backbones()} != {node_of(old)})
