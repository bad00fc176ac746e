"""MicroPython: does one piece of work with a queue of events and tells what heap it took.

Arguments: `skein`, `heaps` or `heapq`; how far each round goes (see STAGES); the slots; the
rounds.  Prints the bytes of heap that were taken, the microseconds, and the microseconds of a
piece of work that is always the same.
"""

import gc
import sys
import time

from heap_queues import FairHeapQueue, HeapQueue

from skein.event_queue import EventQueue

STAGES = ("make", "push", "expire", "deadline", "sent", "idle")
FRAME_BYTES = 61
END = 1000000
REFERENCE_ROUNDS = 2000


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


def _queue(kind, slots):
    if kind == "skein":
        return EventQueue(slots, 250)
    return FairHeapQueue(slots) if kind == "heaps" else HeapQueue(slots)


def main(kind, stage, slots, rounds):
    gc.disable()
    made = [_queue(kind, slots) for _ in range(rounds)]
    for queue in made:
        queue.expire(0)  # a node does so every second
    taken = 0
    began = time.ticks_us()
    for number in range(rounds):
        before = gc.mem_alloc()
        play(made[number], slots, STAGES.index(stage))
        taken += gc.mem_alloc() - before
        made[number] = None
        gc.collect()  # among leftovers each search for room would take longer
    took_us = time.ticks_diff(time.ticks_us(), began)
    print(taken, took_us, reference_us())


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
