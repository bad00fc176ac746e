"""What a summary keeps of its events' payloads, beside their number.

A strategy works on a few bytes inside a row (see summary.py), which are its whole state:

    number      1..15, how the row names it; an application's own ones take 8..15
    length      bytes of the state, at most 16; all are 0 to begin with
    check(payload)                        raises EventError for what it cannot add
    add(row, at, payload, priority)       takes an event in: the state lies at row[at]
    merge(row, at, other, other_at)       takes another state of the same strategy in
    read(row, at, count)                  a dict for the application

`add` and `merge` answer True when a figure no longer fits and was cut.  `merge` runs while frames
are received, so it must take no heap; and it must not matter in which order states are merged,
or a summary would depend on the way it took.
"""

from micropython import const

from skein import frame as f
from skein.errors import EventError

COUNTS = const(0)
NUMBERS = const(1)
SEVERITIES = const(2)
FIRST_OWN = const(8)

_LARGEST = const(0x1FFFFFFF)  # what a field of 30 bits with a sign holds
_MIN = const(0)  # offsets in the state of Numbers
_MAX = const(4)
_SUM = const(8)
_IS_BEGUN = const(12)


class Counts:
    """How many; payloads are not looked at."""

    number = COUNTS
    length = 0

    def check(self, payload) -> None:
        """Anything can be counted."""

    def add(self, row, at: int, payload, priority: int) -> bool:
        return False

    def merge(self, row, at: int, other, other_at: int) -> bool:
        return False

    def read(self, row, at: int, count: int) -> dict:
        return {}


class Numbers:
    """Smallest, largest, sum and mean of whole numbers written as text, such as b"215".

    Each within +-536,870,911; a larger sum stays there and the summary says "saturated".
    """

    number = NUMBERS
    length = 13

    def check(self, payload) -> None:
        try:
            value = int(payload)
        except ValueError:
            value = _LARGEST + 1
        if not -_LARGEST <= value <= _LARGEST:
            raise EventError(f"a summary of numbers needs a whole number, not {payload!r}")

    def add(self, row, at: int, payload, priority: int) -> bool:
        value = int(payload)
        return _widen(row, at, value, value, value)

    def merge(self, row, at: int, other, other_at: int) -> bool:
        if not other[other_at + _IS_BEGUN]:
            return False
        smallest = _get(other, other_at + _MIN)
        return _widen(
            row, at, smallest, _get(other, other_at + _MAX), _get(other, other_at + _SUM)
        )

    def read(self, row, at: int, count: int) -> dict:
        total = _get(row, at + _SUM)
        return {
            "min": _get(row, at + _MIN),
            "max": _get(row, at + _MAX),
            "sum": total,
            "mean": total / max(1, count),
        }


class Severities:
    """How many events of each priority, CRITICAL to LOW, up to 65535 each."""

    number = SEVERITIES
    length = 8

    def check(self, payload) -> None:
        """Payloads are not looked at."""

    def add(self, row, at: int, payload, priority: int) -> bool:
        return _add_u16(row, at + 2 * priority, 1)

    def merge(self, row, at: int, other, other_at: int) -> bool:
        is_cut = False
        for priority in range(4):
            count = f.get_u16(other, other_at + 2 * priority)
            is_cut = _add_u16(row, at + 2 * priority, count) or is_cut
        return is_cut

    def read(self, row, at: int, count: int) -> dict:
        return {"severities": tuple([f.get_u16(row, at + 2 * level) for level in range(4)])}


def _widen(row, at, smallest, largest, total):
    if row[at + _IS_BEGUN]:
        smallest = min(smallest, _get(row, at + _MIN))
        largest = max(largest, _get(row, at + _MAX))
        total += _get(row, at + _SUM)
    row[at + _IS_BEGUN] = 1
    f.put_id(row, at + _MIN, smallest)
    f.put_id(row, at + _MAX, largest)
    f.put_id(row, at + _SUM, max(-_LARGEST, min(_LARGEST, total)))
    return not -_LARGEST <= total <= _LARGEST


def _get(row, at):
    """A number of 30 bits with a sign."""
    return (f.get_id(row, at) ^ 0x20000000) - 0x20000000


def _add_u16(row, at, count):
    total = f.get_u16(row, at) + count
    f.put_u16(row, at, min(total, 0xFFFF))
    return total > 0xFFFF
