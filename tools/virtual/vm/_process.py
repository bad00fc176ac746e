"""How a board's program ends, and the folder of what outlives it but is no file on its flash."""

import os

import ffi
from _folder import Folder

# What the supervisor reads in the exit code: tools/virtual/board.py.
EXIT_HARD = 100
EXIT_SOFT = 101
EXIT_SOFT_RAW = 102

libc = ffi.open(None)
leave = libc.func("v", "_exit", "i")


def state_folder():
    """A file system of its own, mounted nowhere; its paths begin with a slash."""
    return Folder(os.getenv("SKEIN_STATE"))


def read_state(name):
    """What the file holds, or b""."""
    try:
        with state_folder().open(name, "rb") as file:
            return file.read()
    except OSError:
        return b""
