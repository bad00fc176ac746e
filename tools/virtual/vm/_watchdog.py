"""The watchdog: the kernel ends the process when it is not fed, whatever the VM is doing.

Unlike on a chip, a soft reset ends the watch.
"""

import struct

from _process import libc

_ITIMER_REAL = 0


class WDT:
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
