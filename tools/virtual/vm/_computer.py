"""What the computer lends a board: files, what outlives a reset beside them, and an end."""

import os

import ffi
import vfs

# What the supervisor reads in the exit code: tools/virtual/board.py.
EXIT_HARD = 100
EXIT_SOFT = 101
EXIT_SOFT_RAW = 102
EXIT_DEEP = 103

libc = ffi.open(None)
leave = libc.func("v", "_exit", "i")
_rename = libc.func("i", "rename", "ss")


class Folder:
    """VfsPosix with a rename that does not mix up two absolute paths, and sizes in ilistdir.

    Not a class derived from it: an import would then take this object for the one in C.
    """

    def __init__(self, root):
        self._root = root
        self._files = vfs.VfsPosix(root)

    def __getattr__(self, name):
        return getattr(self._files, name)

    def rename(self, old, new):
        if _rename(self._whole(old), self._whole(new)):
            raise OSError(os.errno())

    def ilistdir(self, path):
        for name, kind, _ in self._files.ilistdir(path):
            yield name, kind, 0, self._files.stat(f"{path}/{name}" if path else name)[6]

    def _whole(self, path):
        return self._root + path if path[0] == "/" else path


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
