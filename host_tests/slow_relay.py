"""A relay of a slow link among neighbours, and what it sends."""

from fakes import FakeRadio, LowestRoll
from hearing_lists import LINK, ME, told
from skein import event as e
from skein import frame as f
from skein.backbone_relay import BackboneRelay
from skein.election import Election
from skein.event_queue import EventQueue
from skein.neighbours import Neighbours
from skein.settings import NodeSettings
from skein.ticks import ticks_add

AIRTIME_MS = 10


class SlowRadio(FakeRadio):
    is_slow = True

    def airtime_us(self, length):
        return AIRTIME_MS * 1000 - 1


def relay(neighbours=3):
    """A relay among so many neighbours, with the ids from 100 and the rows from 0 on."""
    table = Neighbours(20, 5000)
    queue = EventQueue(4, f.MTU)
    made = BackboneRelay(NodeSettings(node=ME), queue, table, SlowRadio(), LowestRoll())
    made.backbone.join(Election(ME, 0, 0, LowestRoll()))
    for node in range(100, 100 + neighbours):
        made.forget_row(table.admit(node, 0))
    return made


def event(sequence=1, origin=7):
    frame = bytearray(f.PAYLOAD)
    f.put_header(frame, f.EVENT, 0, 7)
    f.put_origin(frame, origin, 0, sequence)
    frame[f.POLICY] = e.ANOMALY_POLICY
    f.put_u16(frame, f.LIFE_S, 600)
    return frame


def hear(made, row, now=0, sequence=1):
    """Hear a new event from a neighbour; its slot, or -1 when it is left to others."""
    frame = event(sequence)
    if not made.takes(frame, row, now):
        return -1
    slot = made.add(frame, len(frame), now)
    f.pass_on(made.queue.slots[slot], ME)
    made.cover(slot, row)
    made.schedule(slot, row, now)
    return slot


def sendings(made, start, ms):
    """After how many milliseconds something was transmitted."""
    sent = []
    for elapsed in range(ms):
        now = ticks_add(start, elapsed)
        slot = made.queue.take(now)
        if slot >= 0:
            made.after_send(slot, now)
            sent.append(elapsed)
    return sent


def lacking(made, row, *sequences, now=0):
    """The neighbour in `row` tells in a beacon that of the young events it has these."""
    other = relay(0)
    for sequence in sequences:
        other.repair.keep(event(sequence), f.PAYLOAD, now)
    frame = bytearray(f.MTU)
    made._hear_digest(frame[: other.repair.write(frame, f.BEACON_LEN, now)], row, now)


def heard_by(made, *rows):
    for row in rows:
        made.backbone.hear(told((ME, LINK)), row, 0)


def critical(sequence=1):
    frame = event(sequence)
    frame[f.POLICY] = e.CRITICAL_POLICY
    return frame
