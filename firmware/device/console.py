"""The REPL of a running node, on the serial port, as one task beside the mesh.

It speaks what MicroPython's own REPL speaks, so the host's tools work while the mesh goes on:
the friendly prompt for people, the raw REPL and its paste mode for mpremote.  What is typed
runs between two turns of the mesh; Ctrl-C ends it if it takes too long.

Ctrl-D at the prompt reboots the board.  Ctrl-D in the raw REPL is a host's wish for a clean
interpreter (mpremote without `resume`): the mesh stops and only the console goes on.
Source: https://docs.micropython.org/en/latest/reference/repl.html
"""

import asyncio
import select
import sys

import machine
import micropython
from micropython import const

_CTRL_A = const(1)
_CTRL_B = const(2)
_CTRL_C = const(3)
_CTRL_D = const(4)
_CTRL_E = const(5)
_BACKSPACE = const(8)
_DELETE = const(127)
_NEWLINE = const(10)
_RETURN = const(13)

_LONGEST_INPUT = const(8192)  # bytes of one program: what a fragmented heap still gives
_WINDOW = const(128)  # bytes the host may send ahead in paste mode

_BANNER = "Skein on MicroPython; the node is `mesh`, try mesh.status()\n"
_RAW_BANNER = "raw REPL; CTRL-B to exit\n>"


class Console:
    """One console.  namespace: the globals of what is typed.  stop: ends the mesh."""

    def __init__(self, namespace: dict, stop):
        self._namespace = namespace
        self._stop = stop
        self._reader = asyncio.StreamReader(sys.stdin.buffer)
        self._poller = select.poll()
        self._poller.register(sys.stdin, select.POLLIN)
        self._input = bytearray()
        self._is_raw = False

    async def run(self) -> None:
        """Serve for ever."""
        micropython.kbd_intr(-1)  # Ctrl-C is a byte like others, unless a program runs
        self._greet()
        while True:
            byte = await self._next_byte()
            if self._is_raw:
                await self._raw_byte(byte)
            else:
                self._friendly_byte(byte)

    async def _next_byte(self):
        for _ in self._poller.ipoll(0):  # no switch of tasks while more is there already
            return sys.stdin.buffer.read(1)[0]
        data = await self._reader.read(1)
        return data[0] if data else _CTRL_C

    def _greet(self):
        self._is_raw = False
        self._input = bytearray()
        sys.stdout.write(_BANNER + ">>> ")

    def _greet_raw(self):
        self._is_raw = True
        self._input = bytearray()
        sys.stdout.write(_RAW_BANNER)

    # The friendly prompt.

    def _friendly_byte(self, byte):
        if byte == _CTRL_A:
            self._greet_raw()
        elif byte == _CTRL_B:
            sys.stdout.write("\n")
            self._greet()
        elif byte == _CTRL_C:
            self._input = bytearray()
            sys.stdout.write("\n>>> ")
        elif byte == _CTRL_D and not self._input:
            sys.stdout.write("\nreboot\n")
            machine.reset()
        elif byte in (_RETURN, _NEWLINE):
            self._friendly_line()
        elif byte in (_BACKSPACE, _DELETE):
            self._erase()
        elif byte >= 32 and len(self._input) < _LONGEST_INPUT:
            self._input.append(byte)
            sys.stdout.write(chr(byte))

    def _erase(self):
        if self._input and self._input[-1] != _NEWLINE:
            self._input = self._input[:-1]
            sys.stdout.write("\x08 \x08")

    def _friendly_line(self):
        sys.stdout.write("\n")
        if _wants_more(self._input):
            self._input.append(_NEWLINE)
            sys.stdout.write("... ")
            return
        source, self._input = self._input, bytearray()
        error = self._execute(source, "single")
        if error:
            sys.print_exception(error)
        sys.stdout.write(">>> ")

    # The raw REPL.

    async def _raw_byte(self, byte):
        if byte == _CTRL_A:
            self._greet_raw()
        elif byte == _CTRL_B:
            sys.stdout.write("\n")
            self._greet()
        elif byte == _CTRL_C:
            self._input = bytearray()
        elif byte == _CTRL_D:
            self._raw_end()
        elif byte == _CTRL_E and not self._input:
            await self._paste()
        elif len(self._input) < _LONGEST_INPUT:
            self._input.append(byte)

    def _raw_end(self):
        if not self._input:
            self._stop()
            sys.stdout.write("OK\nMPY: soft reboot\n")
            self._greet_raw()
            return
        sys.stdout.write("OK")
        self._raw_execute()

    def _raw_execute(self):
        source, self._input = self._input, bytearray()
        error = self._execute(source, "exec")
        sys.stdout.write("\x04")
        if error:
            sys.print_exception(error)
        sys.stdout.write("\x04>")

    async def _paste(self):
        """Raw paste: the host sends at most two windows ahead and is told to go on."""
        if await self._next_byte() != ord("A") or await self._next_byte() != _CTRL_A:
            sys.stdout.write("R\x00")
            return
        sys.stdout.buffer.write(bytes((ord("R"), 1, _WINDOW, 0, 1)))
        room = _WINDOW
        while True:
            byte = await self._next_byte()
            if byte in (_CTRL_C, _CTRL_D):
                break
            if len(self._input) < _LONGEST_INPUT:
                self._input.append(byte)
            room -= 1
            if room == 0:
                room = _WINDOW
                sys.stdout.write("\x01")
        sys.stdout.write("\x04")
        if byte == _CTRL_C:
            self._input = bytearray()
        self._raw_execute()

    def _execute(self, source, mode):
        """Run a program; the exception it ended with, or None."""
        if len(source) >= _LONGEST_INPUT:
            return MemoryError(f"a program typed here is at most {_LONGEST_INPUT} bytes")
        micropython.kbd_intr(_CTRL_C)
        try:
            exec(compile(str(source, "utf-8"), "<stdin>", mode), self._namespace)
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            return error
        finally:
            micropython.kbd_intr(-1)
        return None


def _wants_more(source):
    """True while a statement with a body is still being typed; an empty line ends it."""
    if b"\n" in source:
        return source[-1] != _NEWLINE
    return source[-1:] == b":"
