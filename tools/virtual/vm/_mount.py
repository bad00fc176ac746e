"""First code of a virtual board: makes the computer's files look like a chip's.

`/` becomes the flash folder and `/rom` the image of the chip's own modules.  The image is mapped
outside the heap and runs in place, so the board pays about as little for it as for frozen code.
Forgets itself when done: a chip has no such module.
"""

import os
import sys

import ffi
import uctypes
import vfs
from micropython import const

_O_RDONLY = const(0)
_PROT_READ = const(1)
_MAP_PRIVATE = const(2)
_PR_SET_PDEATHSIG = const(1)
_SIGKILL = const(9)


def _die_with_the_supervisor(libc):
    libc.func("i", "prctl", "ii")(_PR_SET_PDEATHSIG, _SIGKILL)
    if libc.func("i", "getppid", "")() != int(os.getenv("SKEIN_SUPERVISOR")):
        sys.exit(0)  # it died before the line above


def _map(libc, path):
    size = os.stat(path)[6]
    file = libc.func("i", "open", "si")(path, _O_RDONLY)
    mmap = libc.func("P", "mmap", "LLiiil")
    address = mmap(0, size, _PROT_READ, _MAP_PRIVATE, file, 0)
    libc.func("i", "close", "i")(file)
    return uctypes.bytearray_at(address, size)


def _mount():
    libc = ffi.open(None)
    if os.getenv("SKEIN_SUPERVISOR"):
        _die_with_the_supervisor(libc)
    vfs.mount(vfs.VfsRom(_map(libc, os.getenv("SKEIN_ROM"))), "/rom")
    sys.path[:] = ["", ".frozen", "/lib", "/rom"]
    if os.getenv("SKEIN_FLASH_KB"):
        from _small_flash import SmallFlash as Folder  # noqa: PLC0415 (not there before)
    else:
        from _computer import Folder  # noqa: PLC0415

    vfs.umount("/")
    vfs.mount(Folder(os.getenv("SKEIN_FLASH")), "/")
    os.chdir("/")
    sys.argv[:] = []


_mount()
del sys.modules[__name__]
