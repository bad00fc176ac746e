"""Authenticates frames by a key that all boards of a mesh share, set as "key" in config.json.

Every transmitter adds a tag of 6 bytes over the whole frame, its own id and the hops included,
and a flag in the header.  Without the key nobody makes a frame that is read, and none can be
changed on its way.  What was recorded can be played again: messages are met once, by origin, boot
and number, but a heartbeat of a dead leader is followed for a while.  Nothing is encrypted.

The tag is the start of HMAC-SHA256 (RFC 2104, truncated as its section 5 allows): a guess is right
once in 2**48, and every wrong one is counted.  Sealing takes a little heap for each frame.
"""

import hashlib
from binascii import unhexlify

from micropython import const

from skein import frame as f

_BLOCK = const(64)  # bytes that SHA-256 takes at a time
_IN = const(0x36)
_OUT = const(0x5C)


def equip(link, key: str) -> None:
    """Let a link authenticate by this key, 32 hexadecimal digits; by none where that is empty."""
    if key:
        link.seal = Seal(unhexlify(key))


class Seal:
    """key: 16 bytes.  forged: frames that came without a good tag.  refused: frames too long."""

    def __init__(self, key: bytes):
        padded = key + bytes(_BLOCK - len(key))
        self._inner = bytes([byte ^ _IN for byte in padded])
        self._outer = bytes([byte ^ _OUT for byte in padded])
        self._sealed = bytearray(f.MTU)
        self.forged = self.refused = 0

    def write(self, buffer, length: int):
        """The first `length` bytes as they go on the air; None where a tag finds no room."""
        if length + f.TAG_LEN > f.MTU:
            self.refused += 1
            return None
        sealed = memoryview(self._sealed)
        sealed[:length] = memoryview(buffer)[:length]
        sealed[f.KIND] |= f.TAGGED
        sealed[length : length + f.TAG_LEN] = self._tag(sealed[:length])
        return sealed[: length + f.TAG_LEN]

    def open(self, frame: bytearray) -> None:
        """Take tag and flag off a frame that was heard; of a forged one nothing is left."""
        end = len(frame) - f.TAG_LEN
        if end >= f.HEADER_LEN and frame[f.KIND] & f.TAGGED and self._is_good(frame, end):
            frame[end:] = b""
            frame[f.KIND] &= ~f.TAGGED
        else:
            self.forged += 1
            frame[:] = b""

    def _is_good(self, frame, end):
        tag = self._tag(memoryview(frame)[:end])  # a view that lives on would forbid to shorten
        return tag == frame[end:]

    def _tag(self, content):
        digest = hashlib.sha256(self._inner)
        digest.update(content)
        whole = hashlib.sha256(self._outer)
        whole.update(digest.digest())
        return whole.digest()[: f.TAG_LEN]
