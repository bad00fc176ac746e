"""`machine` as on the ESP32, as far as a virtual board has the hardware.

RTC memory and the inputs of pins are files in the board's state folder, which the supervisor
clears at power-off.  Figures: MicroPython 1.25, ports/esp32/modmachine.c and machine_rtc.c.
"""

import os
import socket
import struct

import ffi
import vfs
from umachine import *  # noqa: F403 (what the VM has itself: idle, Signal, mem32 ...)

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

# What the supervisor reads in the exit code: tools/virtual/board.py.
_EXIT_HARD = 100
_EXIT_SOFT = 101
_EXIT_SOFT_RAW = 102

_RTC_BYTES = 2048
_libc = ffi.open(None)
_leave = _libc.func("v", "_exit", "i")
_state = vfs.VfsPosix(os.getenv("SKEIN_STATE"))


def unique_id():
    return bytes.fromhex(os.getenv("SKEIN_MAC"))


def reset():
    _leave(_EXIT_HARD)


def soft_reset():
    _leave(_EXIT_SOFT)


def soft_reset_raw():
    """Not of the chip: a soft reset that comes back in raw mode, for `_raw`."""
    _leave(_EXIT_SOFT_RAW)


def mark_repl(is_there):
    """Not of the chip: tells the supervisor that a Ctrl-A from the host has to start `_raw`."""
    if is_there:
        _state.open("/repl", "w").close()
    else:
        _state.remove("/repl")


def reset_cause():
    return int(os.getenv("SKEIN_RESET_CAUSE"))


def freq():
    return 160000000


class RTC:
    """Only the memory that lives through resets."""

    def memory(self, data=None):
        if data is None:
            return _read("/rtc")
        if len(data) > _RTC_BYTES:
            raise ValueError("buffer too long")
        with _state.open("/rtc", "wb") as file:
            file.write(data)
        return None


def _read(name):
    try:
        with _state.open(name, "rb") as file:
            return file.read()
    except OSError:
        return b""


class WDT:
    """The kernel ends the process when it is not fed.  Unlike on a chip, a soft reset ends it."""

    def __init__(self, id=0, timeout=5000):
        if id != 0:
            raise ValueError("WDT doesn't exist")
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        self._set_timer = _libc.func("i", "setitimer", "ipp")
        # struct itimerval: interval and value, each seconds and microseconds, as C longs.
        self._timer = struct.pack("llll", 0, 0, timeout // 1000, timeout % 1000 * 1000)
        self._old = bytearray(len(self._timer))
        self.feed()

    def feed(self):
        self._set_timer(0, self._timer, self._old)


class Pin:
    """A pin that remembers what it was set to; nothing is wired to it."""

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        self._value = int(bool(value)) if value is not None else int(pull == self.PULL_UP)
        self._id = id

    def value(self, value=None):
        if value is None:
            return self._value
        self._value = int(bool(value))
        return None

    __call__ = value

    def on(self):
        self._value = 1

    def off(self):
        self._value = 0


class ADC:
    """A voltage that the supervisor sets (VirtualBoard.set_microvolts); 0 until then."""

    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_6DB = 2
    ATTN_11DB = 3
    _FULL_MICROVOLTS = (950000, 1250000, 1750000, 2450000)

    def __init__(self, pin, *, atten=0):
        self._name = f"/adc{pin._id if isinstance(pin, Pin) else pin}"
        self._full = self._FULL_MICROVOLTS[atten]

    def atten(self, atten):
        self._full = self._FULL_MICROVOLTS[atten]

    def read_uv(self):
        return min(int(_read(self._name) or 0), self._full)

    def read_u16(self):
        return self.read_uv() * 65535 // self._full


class UART:
    """UART(1): a wire to the supervisor, beside the console.  A write never blocks the board.

    A write of more than 1400 bytes is cut there and says so in its result; what the supervisor
    cannot take in time is lost.
    """

    _MOST_BYTES = 1400

    def __init__(self, id, baudrate=115200, **ignored):
        if id != 1:
            raise ValueError(f"UART({id}) doesn't exist")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port = int(os.getenv("SKEIN_UART_PORT"))
        self._socket.connect(socket.getaddrinfo("127.0.0.1", port)[0][-1])
        self._socket.setblocking(False)
        self._arrived = b""
        self._socket.write(b"")  # tells the supervisor where to answer

    def write(self, data):
        try:
            return self._socket.write(data, self._MOST_BYTES)
        except OSError:
            return len(data)  # nobody listens

    def any(self):
        self._take_in()
        return len(self._arrived)

    def read(self, count=-1):
        self._take_in()
        count = len(self._arrived) if count < 0 else count
        data = self._arrived[:count]
        self._arrived = self._arrived[count:]
        return data or None

    def _take_in(self):
        while len(self._arrived) < self._MOST_BYTES:
            try:
                data = self._socket.recv(self._MOST_BYTES)
            except OSError:
                return
            self._arrived += data
