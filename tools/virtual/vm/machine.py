"""`machine` as on the ESP32, as far as a virtual board has the hardware.

What costs heap here but not on a chip is brought in when it is first asked for.
Figures: MicroPython 1.25, ports/esp32/modmachine.c.
"""

import os

import umachine
from _process import EXIT_HARD, EXIT_SOFT, leave

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

_PARTS = {"ADC": "_pins", "Pin": "_pins", "RTC": "_rtc", "UART": "_uart", "WDT": "_watchdog"}


def __getattr__(name):
    if name not in _PARTS:
        return getattr(umachine, name)  # what the VM has itself: idle, Signal, mem32 ...
    value = getattr(__import__(_PARTS[name]), name)
    globals()[name] = value
    return value


def unique_id():
    return bytes.fromhex(os.getenv("SKEIN_MAC"))


def reset():
    leave(EXIT_HARD)


def soft_reset():
    leave(EXIT_SOFT)


def reset_cause():
    return int(os.getenv("SKEIN_RESET_CAUSE"))


def freq():
    return 160000000
