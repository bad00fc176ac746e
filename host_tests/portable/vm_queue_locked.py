"""MicroPython only: no verb of the queue may touch the heap, whatever it holds."""

import micropython

from skein.event_queue import NEVER, EventQueue
from skein.ticks import ticks_add, ticks_diff

STEPS = 5000


class SmallDice:
    """Whose products stay small ints."""

    def __init__(self):
        self._state = 7

    def randrange(self, n):
        self._state = self._state * 75 % 65537
        return self._state % n


class Users:
    """What a relay, an inbox and an application do with a queue, at random."""

    def __init__(self, capacity):
        self.queue = EventQueue(capacity, 250)
        self.frame = bytearray(250)
        self.dice = SmallDice()
        self.now = 0x3FFFFFFF - 60000  # the ring turns on the way
        self.given = 0

    def go_on(self):
        queue, dice = self.queue, self.dice
        self.now = ticks_add(self.now, dice.randrange(90))
        for _ in range(dice.randrange(4)):
            due_at = ticks_add(self.now, dice.randrange(200))
            ends_at = ticks_add(self.now, dice.randrange(900)) if dice.randrange(3) else NEVER
            queue.push(self.frame, 20 + dice.randrange(200), dice.randrange(4), due_at, ends_at)
        slot = queue.take(self.now)
        if slot >= 0:
            self.given += 1
            if dice.randrange(3):
                queue.sent(slot)
            else:
                queue.failed(slot, ticks_add(self.now, dice.randrange(300)))
        self.disturb(dice.randrange(queue.capacity))
        queue.expire(self.now)
        deadline = queue.next_deadline()
        assert deadline is None or ticks_diff(deadline, self.now) < 300

    def disturb(self, slot):
        queue = self.queue
        if queue.is_held(slot):
            queue.life_ms(slot, self.now)
            chance = self.dice.randrange(6)
            if chance == 0:
                queue.replace(slot, self.frame, 40, self.now, NEVER)
            elif chance == 1:
                queue.requeue(slot, self.now)
            elif chance == 2:
                queue.set_due(slot, self.now)


def test_every_verb_of_the_queue_touches_no_heap():
    for capacity in (8, 32, 128):
        users = Users(capacity)
        micropython.heap_lock()
        for _ in range(STEPS):
            users.go_on()
        micropython.heap_unlock()
        queue = users.queue
        assert users.given > 1000 and queue.superseded and sum(queue.expired)
        assert capacity > 8 or (sum(queue.refused) and sum(queue.displaced))
