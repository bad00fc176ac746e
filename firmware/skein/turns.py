"""Which level of priority sends next.

CRITICAL goes first, at most eight in a row while others wait.  HIGH, NORMAL and LOW share the
bytes 50 : 35 : 15 by deficit round robin: a level that has nothing ready leaves its share to the
others and saves nothing up.

Ageing.  Every eighth of these turns goes to a LOW event, else a NORMAL one, that has been ready
for 30 seconds; the level pays for it with its share and goes no farther into debt.

Source of the shares: seeds, priority queue (50/35/15); of the scheduler: Shreedhar and
Varghese, "Efficient fair queuing using deficit round-robin", 1995.
"""

from array import array

from micropython import const

from skein.ticks import ticks_diff

CRITICAL = const(0)  # priorities, most urgent first
HIGH = const(1)
NORMAL = const(2)
LOW = const(3)
LEVELS = const(4)

PATIENCE_MS = const(30000)

_BURST = const(8)
# One visit must pay for the longest frame (250 bytes) of the level with the smallest share.
_QUANTA = (0, 834, 583, 250)


class Turns:
    """Whose turn it is among the levels of one EventQueue.

    level: which of those that share is being served.  Set it to CRITICAL when nothing is ready:
    then the next one to be served is the most urgent.
    """

    def __init__(self):
        self._credits = array("i", bytes(4 * LEVELS))
        self.level = CRITICAL
        self._burst = 0
        self._shared = 0

    def next(self, queue, now: int) -> int:
        """The slot of `queue` whose turn it is, or -1 when nothing is ready."""
        critical = queue.oldest_ready(CRITICAL, now)
        if critical >= 0 and self._burst < _BURST:
            self._burst += 1
            return critical
        self._shared = (self._shared + 1) & 7
        slot = -1 if self._shared else self._aged(queue, now)
        if slot < 0:
            slot = self._next_shared(queue, now)
        if slot < 0:
            return critical
        self._burst = 0
        return slot

    def _next_shared(self, queue, now):
        credits, level = self._credits, self.level
        if level == CRITICAL:
            level = self.level = HIGH
            credits[HIGH] = _QUANTA[HIGH]
            credits[NORMAL] = credits[LOW] = 0
        for _ in range(LEVELS):  # the three levels, and the first once more with new credit
            slot = queue.oldest_ready(level, now)
            if slot < 0:
                credits[level] = 0
            else:
                left = credits[level] - queue.lengths[slot]
                if left >= 0:
                    credits[level] = left
                    return slot
            level = self.level = HIGH if level == LOW else level + 1
            credits[level] += _QUANTA[level]
        self.level = CRITICAL
        return -1

    def _aged(self, queue, now):
        for level in range(LOW, HIGH, -1):
            slot = queue.oldest_ready(level, now) if self._credits[level] >= 0 else -1
            if slot >= 0 and ticks_diff(now, queue.due_at[slot]) >= PATIENCE_MS:
                self._credits[level] -= queue.lengths[slot]
                return slot
        return -1
