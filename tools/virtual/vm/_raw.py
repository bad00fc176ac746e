"""The raw REPL for a VM whose own REPL has none; what mpremote speaks.

Protocol: https://docs.micropython.org/en/latest/reference/repl.html#raw-mode-and-raw-paste-mode
Raw paste is refused, so that mpremote falls back to plain raw mode.
"""

import sys

import micropython
from _computer import EXIT_SOFT_RAW, leave, state_folder

import __main__

_ENTER, _LEAVE, _BREAK, _END, _PASTE = b"\x01\x02\x03\x04\x05"
_BANNER = "raw REPL; CTRL-B to exit\n>"


def run():
    """Serve raw mode until the host sends Ctrl-B."""
    state_folder().remove("/repl")  # Ctrl-A is ours from now on
    micropython.kbd_intr(-1)
    try:
        _serve(sys.stdin.buffer, sys.stdout.buffer)
    finally:
        micropython.kbd_intr(3)
        state_folder().open("/repl", "w").close()


def _serve(stdin, stdout):
    stdout.write(_BANNER)
    code = bytearray()
    while True:
        byte = stdin.read(1)[0]
        if byte == _LEAVE:
            stdout.write("\n")
            return
        if byte == _END:
            _execute(code, stdout)
            code = bytearray()
        elif byte == _PASTE and not code:
            stdin.read(2)
            stdout.write("R\x00")
        elif byte == _ENTER:
            stdout.write(_BANNER)
            code = bytearray()
        elif byte == _BREAK:
            code = bytearray()
        else:
            code.append(byte)


def _execute(code, stdout):
    stdout.write("OK")
    if not code:
        leave(EXIT_SOFT_RAW)
    error = None
    micropython.kbd_intr(3)
    try:
        exec(compile(bytes(code), "<stdin>", "exec"), __main__.__dict__)
    except BaseException as raised:
        error = raised
    micropython.kbd_intr(-1)
    stdout.write("\x04")
    if isinstance(error, SystemExit):
        leave(EXIT_SOFT_RAW)
    if error:
        sys.print_exception(error)
    stdout.write("\x04>")
