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

_LONGEST_INPUT = const(8192)  # bytes of one program
_WINDOW = const(128)  # bytes the host may send ahead in paste mode
_MOST_BYTES_A_TURN = const(128)  # a stream of input without end must leave time for the mesh
_PAUSE_MS = const(100)
_LOOK_MS = const(5)  # between two looks at a port that has nothing

_BANNER = "Skein on MicroPython; the node is `mesh`, try mesh.status()\n"
_RAW_BANNER = "raw REPL; CTRL-B to exit\n>"


class Console:
    """One console.  namespace: the globals of what is typed.  stop: ends the mesh."""

    def __init__(self, namespace: dict, stop):
        self._namespace = namespace
        self._stop = stop
        self._poller = select.poll()
        self._poller.register(sys.stdin, select.POLLIN)
        self._bytes_this_turn = 0
        self._is_raw = False
        self._clear()

    async def run(self) -> None:
        """Serve for ever."""
        self._greet()
        while True:
            try:
                await self._serve()
            except (KeyboardInterrupt, MemoryError):
                # A Ctrl-C as a program ended, or not even heap for a byte: only the pause,
                # which needs none, gives the mesh its turn.
                await asyncio.sleep_ms(_PAUSE_MS)

    async def _serve(self):
        micropython.kbd_intr(-1)  # Ctrl-C is a byte like others, unless a program runs
        while True:
            byte = await self._next_byte()
            if byte == _CTRL_A:
                self._greet_raw()
            elif byte == _CTRL_B:
                sys.stdout.write("\n")
                self._greet()
            elif self._is_raw:
                await self._raw_byte(byte)
            else:
                await self._friendly_byte(byte)

    async def _next_byte(self):
        """By looking often: asyncio's streams take a kilobyte of heap, and wake no earlier."""
        while True:
            if self._bytes_this_turn < _MOST_BYTES_A_TURN:
                for _ in self._poller.ipoll(0):  # no switch of tasks while more is there already
                    self._bytes_this_turn += 1
                    data = sys.stdin.buffer.read(1)
                    return data[0] if data else _CTRL_C
            await asyncio.sleep_ms(0 if self._bytes_this_turn else _LOOK_MS)
            self._bytes_this_turn = 0

    def _clear(self):
        self._input = bytearray()
        self._has_room = True

    def _keep(self, byte):
        """Add a byte to the program; one that finds no place is read to its end, then refused."""
        try:
            if self._has_room and len(self._input) < _LONGEST_INPUT:
                self._input.append(byte)
                return
        except MemoryError:
            pass
        self._has_room = False

    def _greet(self):
        self._is_raw = False
        self._clear()
        sys.stdout.write(_BANNER + ">>> ")

    def _greet_raw(self):
        self._is_raw = True
        self._clear()
        sys.stdout.write(_RAW_BANNER)

    # The friendly prompt.

    async def _friendly_byte(self, byte):
        if byte == _CTRL_C:
            self._clear()
            sys.stdout.write("\n>>> ")
        elif byte == _CTRL_D and not self._input:
            sys.stdout.write("\nreboot\n")
            machine.reset()
        elif byte in (_RETURN, _NEWLINE):
            await self._friendly_line()
        elif byte in (_BACKSPACE, _DELETE):
            self._erase()
        elif byte >= 32:
            self._keep(byte)
            sys.stdout.buffer.write(bytes((byte,)))  # part of a character, maybe

    def _erase(self):
        if self._input and self._input[-1] != _NEWLINE:
            while len(self._input) > 1 and self._input[-1] & 0xC0 == 0x80:
                self._input = self._input[:-1]  # all but the first byte of a UTF-8 character
            self._input = self._input[:-1]
            sys.stdout.write("\x08 \x08")

    async def _friendly_line(self):
        sys.stdout.write("\n")
        if _wants_more(self._input):
            self._keep(_NEWLINE)
            sys.stdout.write("... ")
            return
        error = await self._execute("single")
        if error:
            sys.print_exception(error)
        sys.stdout.write(">>> ")

    # The raw REPL.

    async def _raw_byte(self, byte):
        if byte == _CTRL_C:
            self._clear()
        elif byte == _CTRL_D:
            await self._raw_end()
        elif byte == _CTRL_E and not self._input:
            await self._paste()
        else:
            self._keep(byte)

    async def _raw_end(self):
        if not self._input:
            self._stop()
            sys.stdout.write("OK\nMPY: soft reboot\n")
            self._greet_raw()
            return
        sys.stdout.write("OK")
        await self._raw_execute()

    async def _raw_execute(self):
        error = await self._execute("exec")
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
            self._keep(byte)
            room -= 1
            if room == 0:
                room = _WINDOW
                sys.stdout.write("\x01")
        sys.stdout.write("\x04")
        if byte == _CTRL_C:
            self._clear()
        await self._raw_execute()

    async def _execute(self, mode):
        """Run what was typed; the exception it ended with, or None."""
        try:
            source = self._take_source()
            code = _compiled(source, mode)
            if code:
                self._run(code)
            else:
                from device.console_await import run  # noqa: PLC0415 - its code takes heap

                await run(source, mode == "single", self._namespace)
        except BaseException as error:  # also SystemExit, and a second Ctrl-C on the way here
            _refuse_interrupts()
            return error
        return None

    def _run(self, code):
        try:
            micropython.kbd_intr(_CTRL_C)
            exec(code, self._namespace)
        finally:
            _refuse_interrupts()

    def _take_source(self):
        source, has_room = self._input, self._has_room
        self._clear()
        if not has_room:
            raise MemoryError(f"there is no place for a program of more than {len(source)} bytes")
        return str(source, "utf-8")


def _compiled(source, mode):
    """The code; None where it awaits something and so can only be a task."""
    try:
        return compile(source, "<stdin>", mode)
    except SyntaxError:
        if "await" not in source:
            raise
        return None


def _refuse_interrupts():
    micropython.kbd_intr(-1)
    for _ in range(2):  # a Ctrl-C that came before is raised at a jump: let it be here
        pass


def _wants_more(source):
    """True while a statement with a body is still being typed; an empty line ends it."""
    if b"\n" in source:
        return source[-1] != _NEWLINE
    return source[-1:] == b":"
