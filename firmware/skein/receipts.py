"""The word of a neighbour that it has taken a message into its hands.

A frame of kind RECEIPT names up to 16 messages by origin, epoch and sequence.  Receipts wait a
little for others, so that a leader whom ten members tell something answers with few frames.
"""

from micropython import const

from skein import frame as f
from skein.ticks import ticks_add, ticks_diff

_COUNT = const(14)
_ROWS = const(15)
_ROW_LEN = const(7)
_ROWS_MAX = const(16)
_GATHER_MS = const(15)
_REMEMBERED = const(32)


class Receipts:
    """What this node has to confirm, and what it confirmed lately: the last 32 messages."""

    def __init__(self):
        self.count = 0
        self.due_at = 0
        self._rows = bytearray(_ROWS_MAX * _ROW_LEN)
        self._given = bytearray(_REMEMBERED * _ROW_LEN)
        self._next_given = 0

    def was_given_for(self, frame) -> bool:
        """True if a receipt for this message was given lately."""
        for row in range(_REMEMBERED):
            if _is_same(self._given, row * _ROW_LEN, frame, f.ORIGIN):
                return True
        return False

    def give(self, frame, now: int) -> None:
        """Confirm a message, once more if need be."""
        if not self.was_given_for(frame):
            _copy(self._given, self._next_given * _ROW_LEN, frame, f.ORIGIN, _ROW_LEN)
            self._next_given = (self._next_given + 1) % _REMEMBERED
        if self.count == 0:
            self.due_at = ticks_add(now, _GATHER_MS)
        if self.count < _ROWS_MAX:  # else the sender repeats itself and gets one then
            _copy(self._rows, self.count * _ROW_LEN, frame, f.ORIGIN, _ROW_LEN)
            self.count += 1

    def is_due(self, now: int) -> bool:
        return self.count > 0 and ticks_diff(now, self.due_at) >= 0

    def write(self, frame) -> int:
        """Fill the body of a RECEIPT; the frame's length.  Nothing is left to confirm then."""
        frame[_COUNT] = self.count
        _copy(frame, _ROWS, self._rows, 0, self.count * _ROW_LEN)
        length = _ROWS + self.count * _ROW_LEN
        self.count = 0
        return length


def is_receipt(frame) -> bool:
    """True if a frame of kind RECEIPT has the length that it should have."""
    return len(frame) > _COUNT and len(frame) == _ROWS + frame[_COUNT] * _ROW_LEN


def names(receipt, message) -> bool:
    """True if the receipt confirms this message."""
    for row in range(receipt[_COUNT]):
        if _is_same(receipt, _ROWS + row * _ROW_LEN, message, f.ORIGIN):
            return True
    return False


def _is_same(one, one_at, other, other_at):
    """True if both tell of one message: origin, epoch and sequence lie side by side."""
    for at in range(_ROW_LEN):  # noqa: SIM110 - a generator takes heap
        if one[one_at + at] != other[other_at + at]:
            return False
    return True


def _copy(target, target_at, source, source_at, count):
    for at in range(count):
        target[target_at + at] = source[source_at + at]
