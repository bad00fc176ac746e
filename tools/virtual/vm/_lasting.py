"""What of the chip lives on while the program does not: the clock's memory and the watchdog."""

import struct

from _computer import libc, read_state, state_folder
from micropython import const

_MOST_BYTES = const(2048)
_ITIMER_REAL = const(0)


class RTC:
    """The real-time clock: only its memory, which lives through resets and ends with the power."""

    def memory(self, data=None):
        if data is None:
            return read_state("/rtc")
        if len(data) > _MOST_BYTES:
            raise ValueError("buffer too long")
        with state_folder().open("/rtc", "wb") as file:
            file.write(data)
        return None


class WDT:
    """The kernel ends the process when it is not fed, whatever the VM is doing.

    Unlike on a chip, a soft reset ends the watch.
    """

    def __init__(self, id=0, timeout=5000):
        if id != 0:
            raise ValueError("WDT doesn't exist")
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        self._set_timer = libc.func("i", "setitimer", "ipp")
        # struct itimerval: interval and value, each seconds and microseconds, as C longs.
        self._timer = struct.pack("llll", 0, 0, timeout // 1000, timeout % 1000 * 1000)
        self._old = bytearray(len(self._timer))
        self.feed()

    def feed(self):
        self._set_timer(_ITIMER_REAL, self._timer, self._old)
