"""MicroPython only: power lost at any write of a real littlefs leaves the old state or the new."""

import os

from device.storage import Storage

_BLOCK = 512
_BLOCKS = 32


class Flash:
    """A block device in RAM that loses power, for good, after `writes_left` more writes."""

    def __init__(self):
        self.content = bytearray(_BLOCK * _BLOCKS)
        self.writes_left = 1000000

    def readblocks(self, block, buffer, offset=0):
        at = block * _BLOCK + offset
        buffer[:] = self.content[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        if self.writes_left <= 0:
            raise OSError(5)
        self.writes_left -= 1
        at = block * _BLOCK + offset
        self.content[at : at + len(buffer)] = buffer

    def ioctl(self, operation, _argument):
        if operation == 4:
            return _BLOCKS
        if operation == 5:
            return _BLOCK
        if operation == 6 and self.writes_left <= 0:
            return -5
        return 0


def mounted(flash):
    os.mount(os.VfsLfs2(flash, readsize=32, progsize=32, lookahead=32), "/flash")


def boot(flash):
    """The state that a boot finds and makes."""
    mounted(flash)
    try:
        return Storage("/flash/skein.state")
    finally:
        os.umount("/flash")


def save_until_the_power_goes(flash, writes):
    """Boot, save a new term, and lose power after so many writes; was there power to the end?"""
    flash.writes_left = writes
    try:
        mounted(flash)
        Storage("/flash/skein.state").save(2000)
        os.umount("/flash")
    except OSError:
        unmount()
    is_whole = flash.writes_left > 0
    flash.writes_left = 1000000
    return is_whole


def unmount():
    try:
        os.umount("/flash")
    except OSError:
        return


def test_power_lost_at_any_write_keeps_an_old_or_the_new_term_and_no_epoch_comes_twice():
    flash = Flash()
    os.VfsLfs2.mkfs(flash, readsize=32, progsize=32, lookahead=32)
    mounted(flash)
    first = Storage("/flash/skein.state")
    first.save(1000)
    os.umount("/flash")
    before = bytes(flash.content)
    for writes in range(1, 200):
        flash.content[:] = before
        is_whole = save_until_the_power_goes(flash, writes)
        after = boot(flash)
        assert after.term in (1000, 2000), (writes, after.term)
        assert 1 <= (after.epoch - first.epoch) & 0xFF <= 2
        if is_whole:
            assert after.term == 2000
            break
    assert is_whole and writes > 5


def test_a_boot_that_could_not_keep_its_number_takes_one_at_random():
    epochs = {Storage("no such folder/state").epoch for _ in range(20)}
    assert len(epochs) > 5
