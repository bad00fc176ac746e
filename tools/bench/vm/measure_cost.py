"""MicroPython: feeds one node so many frames of a kind and tells what they took.

Arguments: the kind of frame, or `turn` for a turn of the loop without one, or `nothing`; the rows
of each table; how many steps of 100 ms; after how many steps each the next frame comes.  Prints
the bytes of heap that were taken, the microseconds, the microseconds of a piece of work that is
always the same, and how many frames the node heard and sent.  Its tables are full: as many
neighbours, origins and interests as rows.  All polls and transmissions that fall due are done, so
a frame is charged with all that it causes.
"""

import gc
import sys
import time

from skein import event as e
from skein import frame as f
from skein.ids import node_id
from skein.interest_table import HIGH
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import ticks_add, ticks_diff

STEP_MS = 100
TOPIC = "anomaly.smoke"
ELSEWHERE = 9  # the topic that all neighbours want
REFERENCE_ROUNDS = 2000
COLLECT_AFTER = 20  # steps


class Radio:
    """ESP-NOW at 1 Mb/s."""

    is_slow = False
    slot_us = 1000

    def airtime_us(self, length):
        return 192 + (43 + length) * 8


class Dice:
    """Numbers small enough to need no heap."""

    def __init__(self, seed):
        self._state = seed

    def randrange(self, n):
        self._state = self._state * 75 % 65537
        return self._state % n


def id_of(number):
    return node_id(bytes((2, 0, 0, 0, number >> 8, number & 0xFF)))


def beacon(leader):
    frame = bytearray(f.BEACON_LEN)
    f.put_header(frame, f.BEACON, 0, 0)
    f.put_id(frame, f.TERM, 3)
    f.put_id(frame, f.LEADER, leader)
    frame[f.ROLE] = f.ELECTED
    frame[f.LEADER_SCORE] = 255
    return frame


def declaration(hops):
    frame = bytearray(f.ROWS + f.ROW_LEN)
    f.put_header(frame, f.INTEREST, 0, hops)
    frame[f.ROW_COUNT] = 1
    frame[f.ROWS] = ELSEWHERE
    frame[f.ROWS + 4] = HIGH
    return frame


def event(topic, hops):
    frame = bytearray(f.PAYLOAD + 40)
    f.put_header(frame, f.EVENT, 0, hops)
    f.put_id(frame, f.TOPIC, topic)
    frame[f.POLICY] = e.ANOMALY_POLICY
    frame[f.LIFE_S] = 60
    return frame


class Trial:
    """One node, its full tables, and the frames it will be given."""

    def __init__(self, rows):
        settings = NodeSettings(
            node=id_of(9999), neighbours=rows, origins=rows, interests=rows, queue_slots=32
        )
        self.node = Node(settings, Radio(), Dice(7))
        self.node.diffusion.wishes.want(TOPIC, HIGH)
        self.out = OutgoingFrame()
        self.ids = [id_of(number) for number in range(rows)]
        self.now = 1000
        self.steps = 0
        self.sequence = 0
        wanted_here = self.node.diffusion.wishes.learn(TOPIC)
        self.kinds = {
            "garbage": bytearray(b"\x5a" * 40),
            "beacon": beacon(self.ids[0]),
            "duplicate": event(ELSEWHERE, 7),
            "event": event(ELSEWHERE, 7),
            "delivery": event(wanted_here, 0),
            "declaration": declaration(0),
        }
        self.node.start(self.now)
        for _ in range(2 * rows):
            self.step("declaration")

    def step(self, kind):
        """Hear one neighbour's beacon, so that none is forgotten; then a frame of this kind."""
        self.steps += 1
        neighbour = self.ids[self.steps % len(self.ids)]
        self.give("beacon", neighbour)
        if kind == "turn":
            self.turn()
        elif kind:
            self.sequence += kind != "duplicate"
            self.give(kind, neighbour)
        self.pass_time()

    def give(self, kind, sender):
        frame = self.kinds[kind]
        if kind == "duplicate":
            f.put_origin(frame, self.ids[0], 0, self.sequence)
            f.put_id(frame, f.SENDER, sender)
        elif kind != "garbage":
            f.put_origin(frame, sender, 0, self.sequence)
        if kind == "beacon":
            f.put_u16(frame, f.BEAT, self.steps * STEP_MS // 2000)
        self.node.receive(0, frame, -70, 0, self.now)
        self.turn()

    def turn(self):
        """What a device's loop does after each input."""
        node = self.node
        node.poll(self.now)
        while node.take_frame(self.out):
            pass
        while node.next_event():
            pass

    def pass_time(self):
        end = ticks_add(self.now, STEP_MS)
        deadline = self.node.next_deadline()
        while ticks_diff(end, deadline) > 0:
            self.now = deadline if ticks_diff(deadline, self.now) > 0 else ticks_add(self.now, 1)
            self.turn()
            deadline = self.node.next_deadline()
        self.now = end

    def run(self, kind, steps, every):
        """Take so many steps; every so many of them a frame of this kind arrives.

        Returns the bytes of heap that were taken.  They are given back now and then, as on a
        board: among leftovers that nobody collects, each search for room takes longer.
        """
        taken = 0
        before = gc.mem_alloc()
        for number in range(steps):
            self.step(kind if number % every == 0 else None)
            if number % COLLECT_AFTER == COLLECT_AFTER - 1:
                taken += gc.mem_alloc() - before
                gc.collect()
                before = gc.mem_alloc()
        return taken + gc.mem_alloc() - before


def reference_us():
    """Time for work that has nothing to do with the protocol."""
    began = time.ticks_us()
    total = 0
    for number in range(REFERENCE_ROUNDS):
        total = (total * 31 + number) & 0xFFFF
    return time.ticks_diff(time.ticks_us(), began)


def main(kind, rows, steps, every):
    trial = Trial(rows)
    if kind == "duplicate":
        trial.sequence = 0x7000  # its first copy is new
    if kind == "nothing":
        kind = None
    gc.collect()
    gc.disable()
    began = time.ticks_us()
    allocated = trial.run(kind, steps, every)
    took_us = time.ticks_diff(time.ticks_us(), began)
    print(allocated, took_us, reference_us(), trial.node.frames_in, trial.node.frames_out)


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
