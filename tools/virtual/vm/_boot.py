"""Runs boot.py and main.py as a chip does after power-on; then the VM's own REPL follows.

An error in boot.py keeps main.py from running; SystemExit is a soft reset.  Where the VM's REPL
knows no raw mode (before 1.27) the supervisor is told that Ctrl-A must start `_raw`.
"""

import os
import sys

from _computer import EXIT_SOFT, leave, state_folder

import __main__


def _run_file(name):
    """True if `name` is absent or ran to its end."""
    try:
        os.stat(name)
    except OSError:
        return True
    try:
        execfile(name, __main__.__dict__)  # noqa: F821 (MicroPython's own)
        return True
    except SystemExit:
        leave(EXIT_SOFT)
    except BaseException as error:
        sys.print_exception(error)
    return False


def _boot():
    is_raw = bool(os.getenv("SKEIN_RAW"))
    is_fine = _run_file("boot.py")
    if is_fine and not is_raw:
        _run_file("main.py")
    if sys.implementation[1] < (1, 27):
        state_folder().open("/repl", "w").close()
    if is_raw:
        import _raw  # noqa: PLC0415 (only a host in raw mode pays for it)

        _raw.run()


del sys.modules[__name__]
_boot()
