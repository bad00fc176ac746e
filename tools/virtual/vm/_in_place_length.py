"""Makes a bytearray shorter and longer within the memory it has, as recvinto of the chip does.

Python has no way to do that without allocating; the C code moves bytes between the unused and
the used length of the object, and so does this, in the object itself.
Layout: MicroPython 1.25, py/objarray.h.
"""

import sys

import uctypes

_WORD = 4 if sys.maxsize < 1 << 32 else 8
_FREE_AT = _WORD + 1
_USED_AT = 2 * _WORD


class InPlaceLength:
    """For bytearrays made with `capacity` bytes, at most 255; others are left as they are."""

    def __init__(self, capacity):
        self._capacity = capacity
        self._array = None
        self._lengths = None  # the head of that object, as bytes

    def set(self, array, length):
        if not isinstance(array, bytearray):
            return
        if self._array is not array:
            # id() loses the top bit of some addresses to the tag of small ints.
            address = id(array) & 0x7FFFFFFF if id(array) < 0 else id(array)
            self._lengths = uctypes.bytearray_at(address, 3 * _WORD)
            self._array = array
        lengths = self._lengths
        if lengths[_USED_AT + 1] or lengths[_FREE_AT + 1]:
            return
        if lengths[_USED_AT] + lengths[_FREE_AT] == self._capacity:
            lengths[_USED_AT] = length
            lengths[_FREE_AT] = self._capacity - length
