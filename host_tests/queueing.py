"""A queue for tests: filled with marks, emptied by its turns."""

from skein.event_queue import EventQueue


def queue(capacity=8):
    return EventQueue(capacity, 250)


def push(q, priority, mark=0, length=50, **times):
    times.setdefault("due_at", 0)
    return q.push(bytearray([mark] * length), length, priority, **times)


def take_all(q, now=0):
    """(priority, mark) of everything that is ready, in the order of its turn."""
    taken = []
    slot = q.take(now)
    while slot >= 0:
        taken.append((q.priorities[slot], q.slots[slot][0]))
        q.sent(slot)
        slot = q.take(now)
    return taken
