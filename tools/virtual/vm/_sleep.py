"""`machine.lightsleep` and `machine.deepsleep`, as far as a program can tell.

Either takes Wi-Fi's settings away; a board in a light sleep hears nothing at its port, and one in
a deep sleep begins anew when the supervisor wakes it.
"""

import time

from _computer import EXIT_DEEP, leave, state_folder
from _radio import radio


def lightsleep(time_ms=None):
    if time_ms is None:
        raise NotImplementedError("nothing but the time wakes a virtual board")
    radio.set_state(0, 1, radio.mac)
    time.sleep_ms(time_ms)


def deepsleep(time_ms=None):
    if time_ms is None:
        raise NotImplementedError("nothing but the time wakes a virtual board")
    with state_folder().open("/wake", "wb") as file:
        file.write(str(time_ms).encode())
    leave(EXIT_DEEP)
