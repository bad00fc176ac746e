"""The event queue once more, as a dict of entries; see models.py."""

from models import Clock
from skein.event_queue import NEVER, EventQueue
from skein.turns import CRITICAL


class _Entry:
    def __init__(self, priority, arrival, due, end):
        self.priority = priority
        self.arrival = arrival
        self.due = due
        self.end = end  # None: lives for ever
        self.is_taken = False


def play_event_queue(dice, start, steps, capacity=5):
    queue = EventQueue(capacity, 250)
    model = {}  # slot: _Entry
    clock = Clock(dice, start)
    row_of_critical = 0
    for step in range(steps):
        clock.go_on()
        for _ in range(1 + dice.randrange(2)):
            _push(queue, model, dice, step, clock)
        if dice.randrange(4) == 0:
            _expire(queue, model, clock)
        waiting = [entry.due for entry in model.values() if not entry.is_taken]
        assert queue.next_deadline() == (clock.ring(min(waiting)) if waiting else None)
        row_of_critical = _take(queue, model, clock, row_of_critical)
        for slot in list(model):
            if model[slot].is_taken:
                _finish(queue, model, slot, dice, clock)
        assert len(queue) == len(model)
        for priority in range(4):
            held = [entry for entry in model.values() if entry.priority == priority]
            assert list(queue.priorities).count(priority) == len(held)


def _push(queue, model, dice, step, clock):
    entry = _Entry(dice.randrange(4), step, clock.at + dice.randrange(200), None)
    while entry.arrival in [other.arrival for other in model.values()]:
        entry.arrival += 0.25
    lower = [slot for slot in model if model[slot].priority > entry.priority]
    victim = None
    if len(model) == queue.capacity and lower:
        victim = min(lower, key=lambda slot: (-model[slot].priority, model[slot].arrival))
    refused, displaced = queue.refused[entry.priority], list(queue.displaced)
    length = 1 + dice.randrange(250)
    if dice.randrange(2):
        entry.end = clock.at + dice.randrange(600)
    ends_at = NEVER if entry.end is None else clock.ring(entry.end)
    frame = bytes((step & 0xFF,)) * length
    slot = queue.push(frame, length, entry.priority, clock.ring(entry.due), ends_at)
    if len(model) == queue.capacity and victim is None:
        assert slot == -1 and queue.refused[entry.priority] == refused + 1
        return
    assert (slot == victim) if victim is not None else (slot not in model)
    assert bytes(queue.slots[slot][:length]) == bytes((step & 0xFF,)) * length
    assert (queue.lengths[slot], queue.priorities[slot]) == (length, entry.priority)
    if victim is not None:
        displaced[model[victim].priority] += 1
    assert list(queue.displaced) == displaced
    model[slot] = entry


def _expire(queue, model, clock):
    old = [s for s in model if model[s].end is not None and model[s].end <= clock.at]
    assert queue.expire(clock.now) == len(old)
    for slot in old:
        del model[slot]


def _take(queue, model, clock, row_of_critical):
    """Take one; returns how many CRITICAL ones have now gone in a row, at most eight."""
    expired = sum(queue.expired)
    slot = queue.take(clock.now)
    if sum(queue.expired) > expired:  # it came upon one that had ended
        old = [s for s in model if model[s].end is not None and model[s].end <= clock.at]
        assert sum(queue.expired) - expired == len(old)
        for ended in old:
            del model[ended]
    ready = [s for s in model if not model[s].is_taken and model[s].due <= clock.at]
    others = [s for s in ready if model[s].priority != CRITICAL]
    assert (slot in ready) if ready else (slot == -1)
    if slot < 0:
        return row_of_critical
    entry = model[slot]
    same_level = [model[s].arrival for s in ready if model[s].priority == entry.priority]
    assert entry.arrival == min(same_level)
    entry.is_taken = True
    if entry.priority == CRITICAL:
        assert row_of_critical < 8 or not others
        return min(8, row_of_critical + 1)
    assert len(others) == len(ready) or row_of_critical == 8
    return 0


def _finish(queue, model, slot, dice, clock):
    entry = model[slot]
    left = queue.life_ms(slot, clock.now)
    assert left == (-1 if entry.end is None else max(0, entry.end - clock.at))
    if dice.randrange(3):
        queue.sent(slot)
        del model[slot]
    else:
        entry.is_taken = False
        entry.due = clock.at + dice.randrange(300)
        queue.failed(slot, clock.ring(entry.due))
    assert queue.is_held(slot) == (slot in model)
