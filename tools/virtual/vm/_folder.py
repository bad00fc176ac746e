"""A folder of the computer as a file system of the board."""

import os

import ffi
import vfs

_rename = ffi.open(None).func("i", "rename", "ss")


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
