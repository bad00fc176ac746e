"""One thread that looks after all boards: their serial ports, wires, timers and deaths.

Everything that touches a board's process happens in this thread.  It also has to be the one that
starts the processes: the kernel ends them when the thread that started them ends.
"""

import contextlib
import heapq
import itertools
import queue
import selectors
import socket
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_TICK_S = 0.02
_Result = TypeVar("_Result")


class Timer:
    """A call that is due later; `cancel` makes it never come."""

    def __init__(self, action: Callable[[], None]):
        self.action = action
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Ward:
    """The thread.  `call` runs something in it; the rest may be used only from inside it."""

    def __init__(self):
        self._selector = selectors.DefaultSelector()
        self._calls: queue.SimpleQueue = queue.SimpleQueue()
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._ticks: list[Callable[[], None]] = []
        self._is_open = True
        self._bell, self._ear = socket.socketpair()
        self._ear.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ, self._hear_bell)
        self._thread = threading.Thread(target=self._run, name="ward", daemon=True)
        self._thread.start()

    def call(self, action: Callable[[], _Result]) -> _Result:
        """Run `action` in the thread; returns or raises what it does."""
        if threading.current_thread() is self._thread:
            return action()
        future: Future[_Result] = Future()
        self._calls.put((action, future))
        self._bell.send(b"!")
        return future.result()

    def close(self) -> None:
        """End the thread; whoever uses it has stopped the processes before."""
        self.call(self._stop)
        self._thread.join()
        self._selector.close()
        self._bell.close()
        self._ear.close()

    def watch(self, file, events: int, action: Callable[[int], None]) -> None:
        """Call action(events) whenever `file` is ready; replaces an earlier watch of it."""
        try:
            self._selector.modify(file, events, action)
        except KeyError:
            self._selector.register(file, events, action)

    def unwatch(self, file) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(file)

    def later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        timer = Timer(action)
        heapq.heappush(self._timers, (time.monotonic() + delay_s, next(self._order), timer))
        return timer

    def every_tick(self, action: Callable[[], None]) -> None:
        """Call `action` every 20 ms."""
        self._ticks.append(action)

    def forget_tick(self, action: Callable[[], None]) -> None:
        self._ticks.remove(action)

    def _stop(self):
        self._is_open = False

    def _hear_bell(self, _events):
        self._ear.recv(4096)
        while not self._calls.empty():
            action, future = self._calls.get()
            try:
                future.set_result(action())
            except BaseException as error:
                future.set_exception(error)

    def _run(self):
        next_tick_at = time.monotonic()
        while self._is_open:
            now = time.monotonic()
            if now >= next_tick_at:
                next_tick_at = now + _TICK_S
                for action in tuple(self._ticks):
                    _safely(action)
            self._run_timers(now)
            for key, events in self._selector.select(self._wait_s(next_tick_at)):
                # By number: a file that the one before it closed has none, and asking would raise.
                if self._selector.get_map().get(key.fd) is key:
                    _safely(key.data, events)

    def _wait_s(self, next_tick_at):
        due_at = self._timers[0][0] if self._timers else next_tick_at
        return max(0.0, min(due_at, next_tick_at) - time.monotonic())

    def _run_timers(self, now):
        while self._timers and self._timers[0][0] <= now:
            timer = heapq.heappop(self._timers)[2]
            if not timer.is_cancelled:
                _safely(timer.action)


def _safely(action, *arguments):
    """One board's trouble is told and does not end the thread, and with it all boards."""
    try:
        action(*arguments)
    except Exception:
        traceback.print_exc()
