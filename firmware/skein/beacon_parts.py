"""What may follow the body of a beacon: what it is, news of members, the tiers, a digest.

A node that was built without these parts passes over them; one that has them asks `check`
before it reads any.
"""

from micropython import const

from skein import frame as f
from skein.ids import NOBODY

WHAT = const(34)  # f.BEACON_LEN: the count of rows in the 4 low bits, and flags
LEAVING = const(0x40)  # flags: the sender says goodbye
TIERS = const(0x80)  # after the rows, of which cell the sender is, and the claim of the formation
DIGEST = const(0x20)  # last comes a byte for each event that is young; see repair
_COUNT = const(0x0F)

# a row: what the sender knows of a member
BOOT = const(4)  # after its id: its count of boots, modulo 256
STATE = const(5)  # state in the 2 high bits; in the 6 low bits how long ago it was heard
ROW_LEN = const(6)
ROWS_MAX = const(8)
FIRST_ROW = const(35)

# the part of the tiers; its first four bytes are the sender's cell
SIZE = const(4)  # how many the cell has, as its leader counts them
PLAN = const(5)  # what the leader means to do about that; see cell_size.py
HEAD = const(6)  # who is to lead a new cell
CLAIM = const(10)  # ROLE to PERIOD of a beacon, as they stand there
TIERS_LEN = const(30)

LONGEST_AGE = const(63)  # this long or longer
DIGEST_MAX = const(12)
AGES_A_PERIOD = const(8)  # the unit of an age is one eighth of the period in the beacon


def check(frame) -> bool:
    """True if the parts of this BEACON, which passed frame.check, may be read."""
    length = len(frame)
    if length <= WHAT:
        return False
    count = frame[WHAT] & _COUNT
    tail = length - _length(frame)
    if count > ROWS_MAX or tail < 0 or tail > (DIGEST_MAX if frame[WHAT] & DIGEST else 0):
        return False
    for row in range(count):
        at = FIRST_ROW + row * ROW_LEN
        if frame[at + 3] > 0x3F or f.get_id(frame, at) == NOBODY:
            return False
    return True


def _length(frame):
    tiers = TIERS_LEN if frame[WHAT] & TIERS else 0
    return FIRST_ROW + (frame[WHAT] & _COUNT) * ROW_LEN + tiers


def tiers_at(frame) -> int:
    """Where the part of the tiers begins, after a check; -1 where there is none."""
    return _length(frame) - TIERS_LEN if frame[WHAT] & TIERS else -1


def count_of(frame) -> int:
    """How many rows follow."""
    return frame[WHAT] & _COUNT


def digest_at(frame) -> int:
    """Where the digest of this BEACON, which `check` allowed, begins; 0 if it has none."""
    return _length(frame) if frame[WHAT] & DIGEST else 0


def get_age(row_state: int) -> int:
    """The age in the byte STATE of a row, in units, 0..1912.

    3 low bits of mantissa and 3 of exponent: exact up to 8 units, then to within an eighth.
    """
    return (8 + (row_state & 7) << (row_state >> 3 & 7)) - 8


def age_code(units: int) -> int:
    """The 6 bits for an age, rounded up: what is passed on never grows younger."""
    mantissa = max(units, 0) + 8
    exponent = 0
    while mantissa > 15:
        mantissa = mantissa + 1 >> 1
        exponent += 1
        if exponent > 7:
            return LONGEST_AGE
    return exponent << 3 | mantissa - 8
