"""`machine` as on the ESP32, as far as a virtual board has the hardware.

What costs heap here but not on a chip is brought in when it is first asked for.
Figures: MicroPython 1.25, ports/esp32/modmachine.c.
"""

import os

import umachine
from _computer import EXIT_HARD, EXIT_SOFT, leave

# One text, since a chip has these names in its flash.
_PARTS = """PWRON_RESET=1 HARD_RESET=2 WDT_RESET=3 DEEPSLEEP_RESET=4 SOFT_RESET=5
ADC=_pins I2C=_i2c Pin=_pins RTC=_lasting SPI=_lora_chip UART=_uart WDT=_lasting
deepsleep=_sleep lightsleep=_sleep"""


def __getattr__(name):
    for part in _PARTS.split():
        key, _, place = part.partition("=")
        if key == name:
            value = int(place) if place.isdigit() else getattr(__import__(place), name)
            globals()[name] = value
            return value
    return getattr(umachine, name)  # what the VM has itself: idle, Signal, mem32 ...


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
