"""MicroPython: does one piece of work with a queue of events and tells what heap it took.

Arguments: `skein` or `heapq`; how far each round goes (see STAGES); the slots; the rounds.  Prints
the bytes of heap that were taken (the collector is off), the microseconds, and the microseconds of
a piece of work that is always the same.
"""

import gc
import heapq
import sys
import time

from skein.event_queue import EventQueue

STAGES = ("make", "push", "expire", "deadline", "sent", "idle")
FRAME_BYTES = 61
END = 1000000
REFERENCE_ROUNDS = 2000


class HeapQueue:
    """What a program writes that keeps tuples in a heap: the same verbs, and no shares of levels.

    An entry is (priority, arrival, due_at, ends_at, frame).
    """

    def __init__(self, capacity):
        self._capacity = capacity
        self._waiting = []
        self._taken = []
        self._arrivals = 0

    def push(self, frame, length, priority, due_at, ends_at):
        if len(self._waiting) + len(self._taken) >= self._capacity:
            return False
        entry = (priority, self._arrivals, due_at, ends_at, bytes(frame[:length]))
        heapq.heappush(self._waiting, entry)
        self._arrivals += 1
        return True

    def take(self, now):
        early = []
        taken = None
        while self._waiting and taken is None:
            entry = heapq.heappop(self._waiting)
            if entry[2] <= now:
                taken = entry
                self._taken.append(entry)
            else:
                early.append(entry)
        for entry in early:
            heapq.heappush(self._waiting, entry)
        return taken

    def sent(self, entry):
        self._taken.remove(entry)

    def next_deadline(self):
        return min(entry[2] for entry in self._waiting) if self._waiting else None

    def expire(self, now):
        living = [entry for entry in self._waiting if entry[3] > now]
        if len(living) < len(self._waiting):
            heapq.heapify(living)
            self._waiting = living


def play(queue, slots, stage):
    """One round on an empty queue; leaves it empty unless it stops early."""
    frame = bytearray(250)
    for number in range(slots if stage else 0):
        queue.push(frame, FRAME_BYTES, number & 3, 0, END)
    for _ in range(slots):
        if stage == 2:
            queue.expire(10)
        elif stage == 3:
            queue.next_deadline()
        elif stage > 3:
            queue.sent(queue.take(20))
    for _ in range(slots if stage == 5 else 0):
        queue.take(20)


def reference_us():
    """Time for work that has nothing to do with the queue."""
    began = time.ticks_us()
    total = 0
    for number in range(REFERENCE_ROUNDS):
        total = (total * 31 + number) & 0xFFFF
    return time.ticks_diff(time.ticks_us(), began)


def main(kind, stage, slots, rounds):
    gc.disable()
    made = [EventQueue(slots, 250) if kind == "skein" else HeapQueue(slots) for _ in range(rounds)]
    for queue in made:
        queue.expire(0)  # a node does so every second
    before = gc.mem_alloc()
    began = time.ticks_us()
    for queue in made:
        play(queue, slots, STAGES.index(stage))
    took_us = time.ticks_diff(time.ticks_us(), began)
    print(gc.mem_alloc() - before, took_us, reference_us())


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
