"""MicroPython: tells the heap that building a node takes, for each number of rows in its tables.

Arguments: the numbers.  Prints one number of bytes a line.  The code itself is loaded before.
"""

import gc
import sys

from skein.node import Node
from skein.settings import NodeSettings


class Radio:
    """ESP-NOW at 1 Mb/s."""

    is_slow = False
    slot_us = 1000

    def airtime_us(self, length):
        return 192 + (43 + length) * 8


class Dice:
    def randrange(self, n):
        return n // 2


def built(rows):
    settings = NodeSettings(node=1, neighbours=rows, origins=rows, interests=rows)
    gc.collect()
    before = gc.mem_alloc()
    node = Node(settings, Radio(), Dice())
    gc.collect()
    return gc.mem_alloc() - before, node


built(2)
for word in sys.argv[1:]:
    print(built(int(word))[0])
