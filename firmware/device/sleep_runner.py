"""The loop of a board that sleeps: wake, let the application run, talk to the keeper, sleep.

Not run on hardware.  ESP-NOW is switched off before each sleep, as the chip's Wi-Fi forgets its
settings in one.  While somebody types at the console the board stays awake.
Source: https://docs.micropython.org/en/latest/library/espnow.html, "lightsleep"
"""

import asyncio
import select
import sys

import machine
from micropython import const

from device import clock, sleep_memory
from skein import sleeper_state
from skein.node import OutgoingFrame
from skein.ticks import ticks_add, ticks_diff

_APP_MS = const(
    20
)  # for the application, before it is asked what it emits and after it got events
_TURN_MS = const(2)
_WATCHED_MS = const(15000)  # awake after a byte at the console
_FIRST_MS = const(5000)
_SHORTEST_MS = const(10)  # not worth going to sleep for less


class SleepRunner:
    """sleeper: a Sleeper.  link: an ESPNowLink.

    is_deep: a wake begins with boot.py.  is_woken: this is such a wake.

    kept: the application's bytes, which last through deep sleep.
    arrived: set whenever the inbox holds an event.
    """

    def __init__(self, sleeper, link, is_deep: bool, is_woken: bool):
        self._sleeper = sleeper
        self._link = link
        self._is_deep = is_deep
        self._out = OutgoingFrame()
        self._is_running = True
        self._port = select.poll()
        self._port.register(sys.stdin, select.POLLIN)
        # After power-on somebody may want to get at a board before it is out of reach.
        wait_ms = _FIRST_MS if is_deep and not is_woken else 0
        self._watched_until = ticks_add(clock.now(), wait_ms)
        self._has_emitted = False
        self.kept = b""
        self.awake_ms = self.slept_ms = 0
        self.arrived = asyncio.Event()

    async def run(self) -> None:
        """Run until `stop`; with is_deep this ends in a reset."""
        while self._is_running:
            woken_at = clock.now()
            await asyncio.sleep_ms(_APP_MS)
            self._link.start()
            await self._talk()
            while len(self._sleeper.queue) and self._sleeper.keeper and self._has_emitted:
                await self._talk()
            self._link.stop()
            await self._while_watched()
            self._sleep(woken_at)

    def stop(self) -> None:
        """End the loop after this wake; the console goes on."""
        self._is_running = False

    def wake(self) -> None:
        """The application emitted something: it goes with the next call."""
        self._has_emitted = True

    async def _talk(self):
        """One wake of the sleeper, and time for the application to read what it got."""
        sleeper, link = self._sleeper, self._link
        self._has_emitted = False
        sleeper.wake(clock.now())
        while sleeper.is_awake:
            now = clock.now()
            while link.receive():
                sleeper.receive(link.frame, now)
            sleeper.poll(now)
            while link.is_ready(now) and sleeper.take_frame(self._out):
                link.send(self._out.buffer, self._out.length, now)
            await asyncio.sleep_ms(_TURN_MS)
        if len(sleeper.inbox):
            self.arrived.set()
            await asyncio.sleep_ms(_APP_MS)

    async def _while_watched(self):
        """Stay awake while somebody is at the console: it hears nothing in a sleep."""
        while self._is_running:
            for _ in self._port.ipoll(0):
                self._watched_until = ticks_add(clock.now(), _WATCHED_MS)
            if ticks_diff(self._watched_until, clock.now()) <= 0:
                return
            await asyncio.sleep_ms(1)

    def _sleep(self, woken_at):
        now = clock.now()
        awake_ms = ticks_diff(now, woken_at)
        self.awake_ms += awake_ms
        left_ms = self._sleeper.period_ms - awake_ms
        if not self._is_running or left_ms < _SHORTEST_MS:
            return
        if self._is_deep:
            room = sleep_memory.MOST_BYTES - len(self.kept)
            state = sleeper_state.write(self._sleeper, room, now)
            sleep_memory.save(state, self.kept)
            machine.deepsleep(left_ms)
        machine.lightsleep(left_ms)
        self.slept_ms += ticks_diff(clock.now(), now)
        for _ in self._port.ipoll(0):  # before the console takes it away
            self._watched_until = ticks_add(clock.now(), _WATCHED_MS)
