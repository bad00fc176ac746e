"""How a radio gets its frames on the air: two rules of access, one queue each.

A station of its own (a firmware node, say) hands frames to one of these and is told when each is
over; the peers bring their own rules and do without.
"""

from collections import deque

from tools.simulator.espnow import BACK_OFF_SLOTS, DIFS_US, SLOT_US
from tools.simulator.frame import Frame


class Mac:
    """A first-in first-out queue of at most `capacity` frames before the channel.

    refused: how many frames found the queue full.
    """

    def __init__(self, number: int, run, capacity: int = 16):
        self.refused = 0
        self._number = number
        self._engine = run.engine
        self._air = run.air
        self._dice = run.dice.stream(f"mac {number}")
        self._capacity = capacity
        self._queue: deque[Frame] = deque()
        self._timer = None

    def send(self, frame: Frame) -> bool:
        """Put a frame in the queue; False when it is full."""
        if len(self._queue) >= self._capacity:
            self.refused += 1
            return False
        self._queue.append(frame)
        if len(self._queue) == 1:
            self._wait(self.first_wait_us())
        return True

    def room(self) -> int:
        """How many frames still find a place."""
        return self._capacity - len(self._queue)

    def is_idle(self) -> bool:
        """True while no frame waits or is on the air."""
        return not self._queue

    def sent(self) -> None:
        """The station calls this when its frame is over."""
        self._queue.popleft()
        if self._queue:
            self._wait(self.next_wait_us())

    def stop(self) -> None:
        """Forget everything: the node was switched off."""
        self._queue.clear()
        if self._timer is not None:
            self._engine.cancel(self._timer)

    def first_wait_us(self) -> int:
        """The wait before a frame that found the queue empty."""
        raise NotImplementedError

    def next_wait_us(self) -> int:
        """The wait before a frame that follows another."""
        raise NotImplementedError

    def busy_wait_us(self) -> int:
        """The wait after a look that found the channel busy."""
        raise NotImplementedError

    def _wait(self, delay_us):
        self._timer = self._engine.after(delay_us, self._try)

    def _try(self):
        if self._air.is_busy(self._number):
            self._wait(self.busy_wait_us())
        else:
            self._air.transmit(self._number, self._queue[0])


class EspNowMac(Mac):
    """IEEE 802.11 access for broadcasts: DIFS, then 0 to 31 slots; none on a channel long free."""

    def first_wait_us(self) -> int:
        return DIFS_US

    def next_wait_us(self) -> int:
        return DIFS_US + SLOT_US * self._dice.randrange(BACK_OFF_SLOTS + 1)

    def busy_wait_us(self) -> int:
        """A fresh draw once the frame on the air is over, where the chip would count on."""
        end_us = self._air.busy_until_us(self._number)
        return end_us - self._engine.now_us + self.next_wait_us()


class LoRaMac(Mac):
    """Listen before talk: a look at the channel, and a random number of slots when it is busy."""

    def __init__(self, number: int, run, slot_us: int, window_slots: int = 8):
        super().__init__(number, run)
        self._slot_us = slot_us
        self._window_slots = window_slots

    def first_wait_us(self) -> int:
        return 0

    def next_wait_us(self) -> int:
        return self._slot_us * (1 + self._dice.randrange(self._window_slots))

    def busy_wait_us(self) -> int:
        return self.next_wait_us()
