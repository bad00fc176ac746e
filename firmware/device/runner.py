"""The loop: feed the node one input, drain its outputs, sleep until something can be due."""

import asyncio

import machine
from micropython import const

from device import clock
from skein.node import Node, OutgoingFrame
from skein.ticks import ticks_add, ticks_diff

_TURN_MS = const(5)  # the driver is looked at so often: what a hop may cost in delay
_MOST_FRAMES_A_TURN = const(16)  # a flood must leave time for the application and the console
_SAVE_AT_MOST_MS = const(60000)  # the term is written this often at most: flash wears out


class Runner:
    """Drives one node on one link.  storage: keeps the term.

    arrived: set whenever the inbox holds an event.
    """

    def __init__(self, node: Node, link, storage):
        self._node = node
        self._link = link
        self._storage = storage
        self._out = OutgoingFrame()
        self._is_unsent = False
        self._is_woken = True
        self._deadline = 0
        self._save_at = 0
        self._is_running = True
        self.arrived = asyncio.Event()

    async def run(self) -> None:
        """Run until `stop`."""
        now = clock.now()
        self._save_at = now
        self._node.start(now)
        while self._is_running:
            now = clock.now()
            self.turn(now)
            left_ms = ticks_diff(self._deadline, now)
            await asyncio.sleep_ms(max(1, min(_TURN_MS, left_ms)))
        self._link.stop()

    def stop(self) -> None:
        """End the loop after this turn and switch the radio off."""
        self._is_running = False

    def wake(self) -> None:
        """The application gave the node something to do: do not wait for its deadline."""
        self._is_woken = True

    def turn(self, now: int) -> None:
        """Everything that can be done at this instant.

        Most turns find nothing, and looking through the tables would keep a chip busy all day.
        """
        has_heard = self._receive(now)
        is_due = self._is_woken or self._is_unsent or ticks_diff(now, self._deadline) >= 0
        if has_heard or is_due:
            self._is_woken = False
            self._work(now)

    def _receive(self, now):
        for count in range(_MOST_FRAMES_A_TURN):
            if not self._link.receive():
                return count > 0
            self._node.receive(0, self._link.frame, self._link.rssi_dbm, 0, now)
            self._drain(now)
        return True

    def _work(self, now):
        self._node.poll(now)
        self._drain(now)
        if len(self._node.diffusion.inbox):
            self.arrived.set()
        self._save_term(now)
        if self._link.is_wedged:
            machine.reset()
        self._deadline = self._node.next_deadline()

    def _drain(self, now):
        while self._link.is_ready(now):
            if not self._is_unsent and not self._node.take_frame(self._out):
                return
            self._is_unsent = not self._link.send(self._out.buffer, self._out.length, now)

    def _save_term(self, now):
        term = self._node.election.term
        if term != self._storage.term and ticks_diff(now, self._save_at) >= 0:
            self._storage.save(term)
            self._save_at = ticks_add(now, _SAVE_AT_MOST_MS)
