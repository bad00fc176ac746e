"""What happened in a window of time: a row of bytes that can be merged with others.

A row lies in the same form in a node's tables and in a report, so that nothing is translated on
the way: how many events there were, from whom, from when to when, how urgent the most urgent
one was, and what a strategy (see strategies.py) keeps of their payloads.

Sources are told one by one, up to eight.  Beyond that a row holds a bitmap of 64, from which
`read` estimates their number (linear counting: Whang, Vander-Zanden and Taylor, 1990), and a
number that there are at least; it says so, too.
"""

from micropython import const

from skein import event as e
from skein import frame as f

# a row
LENGTH = const(0)  # of all of it; 0: nothing is there
TOPIC = const(1)
FLAGS = const(5)  # strategy in 4 bits, priority in 2, then SATURATED and SKETCH
COUNT = const(6)  # 24 bits
STARTED_CS = const(9)  # hundredths of a second before the report was made
ENDED_CS = const(11)
SOURCES = const(13)  # how many are listed, 0: the report's origin alone; of a sketch: at least
STATE = const(14)  # of the strategy, then the sources

STRATEGY_BITS = const(0x0F)
SATURATED = const(0x40)  # a figure was too large for its place
SKETCH = const(0x80)

STATE_MAX = const(16)
SOURCES_MAX = const(8)
SKETCH_LEN = const(8)
ROW_MAX = const(62)
ROOM = const(70)  # bytes of the buffer of a row that is added to
COUNT_MAX = const(0xFFFFFF)

LIFE_S = const(300)  # of the event that tells a summary

_POLICIES = bytes([e.policy(priority, e.SUMMARY, e.PRODUCT) for priority in range(4)])


def strategy_of(row, at: int) -> int:
    return row[at + FLAGS] & STRATEGY_BITS


def priority_of(row, at: int) -> int:
    return row[at + FLAGS] >> 4 & 3


def count_of(row, at: int) -> int:
    return f.get_u16(row, at + COUNT) | row[at + COUNT + 2] << 16


def is_row(row, at: int, end: int) -> bool:
    """True if a whole row begins at `at` and lies before `end`."""
    if at + STATE > end or row[at + LENGTH] < STATE or at + row[at + LENGTH] > end:
        return False
    listed = SKETCH_LEN if row[at + FLAGS] & SKETCH else 4 * row[at + SOURCES]
    is_few = row[at + FLAGS] & SKETCH or row[at + SOURCES] <= SOURCES_MAX
    return is_few and row[at + LENGTH] <= ROW_MAX and row[at + LENGTH] >= STATE + listed


def has_state(row, at: int, length: int) -> bool:
    """True if the row's state has the length that its strategy asks for."""
    listed = SKETCH_LEN if row[at + FLAGS] & SKETCH else 4 * row[at + SOURCES]
    return row[at + LENGTH] == STATE + length + listed


def begin(row, topic: int, strategy: int, priority: int, state_len: int) -> None:
    """Make an empty row."""
    for at in range(ROW_MAX):
        row[at] = 0
    row[LENGTH] = STATE + state_len
    f.put_id(row, TOPIC, topic)
    row[FLAGS] = strategy | priority << 4


def add_count(row, count: int) -> None:
    total = count_of(row, 0) + count
    if total > COUNT_MAX:
        total = COUNT_MAX
        row[FLAGS] |= SATURATED
    f.put_u16(row, COUNT, total & 0xFFFF)
    row[COUNT + 2] = total >> 16


def raise_priority(row, priority: int) -> None:
    """The row's priority is the most urgent of all that went into it."""
    if priority < priority_of(row, 0):
        row[FLAGS] = row[FLAGS] & ~0x30 | priority << 4


def merge(row, other, at: int, origin: int) -> None:
    """Take in another row: all but its bounds and its state.  origin: who reported it."""
    add_count(row, count_of(other, at))
    raise_priority(row, priority_of(other, at))
    row[FLAGS] |= other[at + FLAGS] & SATURATED
    _add_sources(row, other, at, origin)


def _add_sources(row, other, at, origin):
    if other[at + FLAGS] & SKETCH:
        _make_sketch(row)
        bits_at = at + other[at + LENGTH] - SKETCH_LEN
        own_at = row[LENGTH] - SKETCH_LEN
        for byte in range(SKETCH_LEN):
            row[own_at + byte] |= other[bits_at + byte]
        row[SOURCES] = max(row[SOURCES], other[at + SOURCES], _bits_set(row, own_at))
        return
    count = other[at + SOURCES]
    ids_at = at + other[at + LENGTH] - 4 * count
    for index in range(count):
        _add_source(row, f.get_id(other, ids_at + 4 * index))
    if count == 0:
        _add_source(row, origin)


def _add_source(row, node):
    if not row[FLAGS] & SKETCH:
        if _lists(row, node):
            return
        if row[SOURCES] < SOURCES_MAX:
            f.put_id(row, row[LENGTH], node)
            row[LENGTH] += 4
            row[SOURCES] += 1
            return
        _make_sketch(row)
        row[SOURCES] = SOURCES_MAX + 1
    at = row[LENGTH] - SKETCH_LEN
    _set_bit(row, at, node)
    row[SOURCES] = max(row[SOURCES], _bits_set(row, at))


def sources_of(row, at: int) -> tuple:
    """(number, whether that is exact, how many there are at least)."""
    if not row[at + FLAGS] & SKETCH:
        count = max(1, row[at + SOURCES])
        return count, True, count
    estimate = 0  # in 64ths: the n-th bit is set by the 64 / (64 - n)th source, on average
    for known in range(_bits_set(row, at + row[at + LENGTH] - SKETCH_LEN)):
        estimate += 4096 // (64 - known)
    at_least = row[at + SOURCES]
    return max(at_least, estimate >> 6), False, at_least


def write_event(frame, row) -> int:
    """Fill the body of an EVENT that tells the row; the frame's length."""
    copy(frame, f.TOPIC, row, TOPIC, 4)
    frame[f.POLICY] = _POLICIES[priority_of(row, 0)]
    f.put_u16(frame, f.LIFE_S, LIFE_S)
    copy(frame, f.PAYLOAD, row, 0, row[LENGTH])
    return f.PAYLOAD + row[LENGTH]


def copy(target, target_at: int, source, source_at: int, count: int) -> None:
    """Copy bytes without a slice, which would take heap."""
    for at in range(count):
        target[target_at + at] = source[source_at + at]


def _lists(row, node):
    first = row[LENGTH] - 4 * row[SOURCES]
    for index in range(row[SOURCES]):  # noqa: SIM110 - a generator takes heap
        if f.get_id(row, first + 4 * index) == node:
            return True
    return False


def _make_sketch(row):
    """Turn the list of sources into a bitmap, which begins where the list began."""
    if row[FLAGS] & SKETCH:
        return
    count = row[SOURCES]
    first = row[LENGTH] - 4 * count
    for at in range(ROW_MAX, ROW_MAX + SKETCH_LEN):
        row[at] = 0
    for index in range(count):
        _set_bit(row, ROW_MAX, f.get_id(row, first + 4 * index))
    copy(row, first, row, ROW_MAX, SKETCH_LEN)
    row[LENGTH] = first + SKETCH_LEN
    row[FLAGS] |= SKETCH


def _set_bit(row, at, node):
    # No product leaves the small ints; ids of one series must not fall on one bit.
    low = (node & 0x7FFF) * 8191 % 32749
    high = (node >> 15) * 12289 % 32719
    bit = (low ^ high) & 63
    row[at + (bit >> 3)] |= 1 << (bit & 7)


def _bits_set(row, at):
    count = 0
    for byte in range(at, at + SKETCH_LEN):
        bits = row[byte]
        while bits:
            bits &= bits - 1
            count += 1
    return count
