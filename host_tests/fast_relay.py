"""A relay of a fast link among neighbours, and what it sends."""

from fakes import LowestRoll
from skein import frame as f
from skein.event_queue import EventQueue
from skein.neighbours import Neighbours
from skein.relay import Relay
from skein.ticks import ticks_add

AIRTIME_US = 10000


class Radio:
    is_slow = False

    def __init__(self):
        self.each_us = AIRTIME_US

    def airtime_us(self, length):
        return self.each_us


def relay(neighbours=3, capacity=4, rows=20):
    """A relay among so many neighbours, who have the rows from 0 on."""
    table = Neighbours(rows, 5000)
    for node in range(neighbours):
        table.histories[table.admit(100 + node, 0)] = 1
    return Relay(EventQueue(capacity, f.MTU), table, Radio(), LowestRoll())


def add(made, sequence=1, origin=7, epoch=0, now=0):
    frame = bytearray(f.PAYLOAD)
    f.put_origin(frame, origin, epoch, sequence)
    return made.add(frame, len(frame), now)


def send(made, now):
    """Hand what is ready to the radio; its slot, or -1."""
    slot = made.queue.take(now)
    if slot >= 0:
        made.after_send(slot, now)
    return slot


def sendings(made, start, ms):
    """After how many milliseconds something was transmitted."""
    sent = []
    for elapsed in range(ms):
        if send(made, ticks_add(start, elapsed)) >= 0:
            sent.append(elapsed)
    return sent


def waits(made, now):
    """An event of another node comes by the neighbour in row 0, which keeps it for its turn."""
    slot = add(made, made.retries + 50, now=now)
    made.cover(slot, 0)
    made.schedule(slot, 0, now)
    return slot


def hears_all(made, slot):
    """Every neighbour is heard with it before this node speaks: others serve them, too."""
    for row in range(len(made._served)):
        if made._neighbours.ids[row]:
            made.hear_again(slot, row)
    send(made, 0)
