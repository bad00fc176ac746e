"""A flash that can be full: $SKEIN_FLASH_KB in blocks of 4 KB."""

import os

from _computer import Folder
from micropython import const

_BLOCK_BYTES = const(4096)
_NO_SPACE = const(28)


class SmallFlash(Folder):
    """Files take whole blocks.  A full one refuses to open a file for writing; one that is open
    already may still grow."""

    def statvfs(self, path):
        blocks = int(os.getenv("SKEIN_FLASH_KB")) * 1024 // _BLOCK_BYTES
        free = max(0, blocks - self._used("/"))
        return (_BLOCK_BYTES, _BLOCK_BYTES, blocks, free, free, 0, 0, 0, 0, 255)

    def open(self, path, mode):
        if mode[0] in "wa" and not self.statvfs("/")[3]:
            raise OSError(_NO_SPACE)
        return self._files.open(path, mode)

    def _used(self, path):
        blocks = 0
        for name, kind, _, count in self.ilistdir(path):
            inner = path.rstrip("/") + "/" + name
            blocks += self._used(inner) if kind == 0x4000 else -(-count // _BLOCK_BYTES)
        return blocks
