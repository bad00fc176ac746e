"""The bodies of a STATE frame: a digest, a vector, entries.  No frame of these is passed on.

A digest tells the sum of a table and its clock.  A vector tells, for each row, a part of its key
and of its stamp: enough to see which of two tables has the later one.  Entries are whole rows.
"""

from micropython import const

from skein import frame as f
from skein import shares
from skein import state_table as t
from skein.ids import NOBODY, hash30

WHAT = const(14)
DIGEST = const(1)
VECTOR = const(2)
ENTRIES = const(3)

SUM = const(15)  # of a DIGEST
CLOCK = const(19)
DIGEST_LEN = const(23)

COUNT = const(15)  # of a VECTOR
MARKS = const(16)
MARK_LEN = const(6)  # key 2, version 3, writer 1
ROWS_MAX = const(36)  # whose marks fit into one frame
_KEY_SHIFT = const(14)

FIRST_ENTRY = const(15)
_END = const(244)  # f.MTU - f.TAG_LEN
_VERSION = const(3)  # in an entry, after its kind, its name's and its value's length
_WRITER = const(7)
_EPOCH = const(11)
_SINCE = const(12)
_NAME = const(13)

OLDER = const(0)  # what `take` and `compare` find: what they have, beside what this node has
SAME = const(1)
NEWER = const(2)
REFUSED = const(3)  # no room for it, or part of a later share


def is_state(frame) -> bool:
    """True if the body of a STATE frame can be read; entries are checked one by one."""
    if len(frame) <= WHAT:
        return False
    what = frame[WHAT]
    if what == DIGEST:
        return len(frame) == DIGEST_LEN
    if what == VECTOR:
        return len(frame) >= MARKS and len(frame) == MARKS + frame[COUNT] * MARK_LEN
    return what == ENTRIES and len(frame) > FIRST_ENTRY


def write_digest(frame, table) -> int:
    """Returns the frame's length, as all that write do."""
    frame[WHAT] = DIGEST
    f.put_id(frame, SUM, table.sum())
    f.put_id(frame, CLOCK, table.clock)
    return DIGEST_LEN


def write_vector(frame, table) -> int:
    frame[WHAT] = VECTOR
    frame[COUNT] = 0
    at = MARKS
    for row in range(len(table.keys)):
        if table.kinds[row]:
            f.put_u16(frame, at, table.keys[row] >> _KEY_SHIFT)
            f.put_u16(frame, at + 2, table.versions[row])
            frame[at + 4] = table.versions[row] >> 16 & 0xFF
            frame[at + 5] = _short(table.writers[row])
            frame[COUNT] += 1
            at += MARK_LEN
    return at


def compare(frame, table, row: int) -> int:
    """What a VECTOR has of a row: OLDER, also where it lacks it, SAME or NEWER."""
    key = table.keys[row] >> _KEY_SHIFT
    for number in range(frame[COUNT]):
        at = MARKS + number * MARK_LEN
        if f.get_u16(frame, at) == key:
            theirs = f.get_u16(frame, at + 2) | frame[at + 4] << 16
            ahead = (table.versions[row] - theirs) & 0xFFFFFF
            if ahead == 0 and frame[at + 5] == _short(table.writers[row]):
                return SAME
            return OLDER if ahead < 0x800000 else NEWER
    return OLDER


def lacks(frame, table) -> bool:
    """True if a VECTOR names a row that the table does not have, and has room for."""
    last = table.find_last()
    is_full = table.find_free() < 0
    for number in range(frame[COUNT]):
        key = f.get_u16(frame, MARKS + number * MARK_LEN)
        is_kept = not is_full or key <= table.keys[last] >> _KEY_SHIFT
        if is_kept and not _has_key(table, key):
            return True
    return False


def write_entry(frame, at: int, table, row: int) -> int:
    """Append a row; returns the new length, or 0 where it does not fit any more."""
    name_len = table.name_lens[row]
    value_len = table.value_lens[row]
    if at + _NAME + name_len + value_len > _END:
        return 0
    frame[at] = table.kinds[row]
    frame[at + 1] = name_len
    frame[at + 2] = value_len
    f.put_id(frame, at + _VERSION, table.versions[row])
    f.put_id(frame, at + _WRITER, table.writers[row])
    frame[at + _EPOCH] = table.epochs[row]
    frame[at + _SINCE] = table.sinces[row]
    text = row * t.TEXT_LEN
    at += _NAME
    for offset in range(name_len):
        frame[at + offset] = table.texts[text + offset]
    at += name_len
    for offset in range(value_len):
        frame[at + offset] = table.texts[text + t.NAME_MAX + offset]
    return at + value_len


def entry_len(frame, at: int) -> int:
    """The length of the entry that begins here; 0 if no honest node wrote it."""
    if at + _NAME > len(frame):
        return 0
    kind, name_len, value_len = frame[at], frame[at + 1], frame[at + 2]
    length = _NAME + name_len + value_len
    if not 0 < name_len <= t.NAME_MAX or at + length > len(frame):
        return 0
    if (frame[at + _VERSION + 3] | frame[at + _WRITER + 3]) > 0x3F:
        return 0
    if f.get_id(frame, at + _WRITER) == NOBODY:
        return 0
    if kind == t.REGISTER:
        return length if value_len <= t.VALUE_MAX else 0
    if kind == t.DELETED:
        return length if value_len == 0 else 0
    return length if kind == t.SHARE and value_len == shares.SUMS_LEN else 0


def take_entry(frame, at: int, table) -> int:
    """Keep the entry that begins here if it is later: SAME, NEWER (then it is kept), OLDER.

    REFUSED where there is no room for it.  `row_of` tells its row in the other cases.
    """
    version = f.get_id(frame, at + _VERSION)
    writer = f.get_id(frame, at + _WRITER)
    key = _key(frame, at)
    row = table.find(key)
    if frame[at] != t.SHARE:
        table.clock = max(table.clock, version)
    if row >= 0 and not table.is_newer(row, version, writer):
        is_same = version == table.versions[row] and writer == table.writers[row]
        return SAME if is_same else OLDER
    row = table.row_for(key)
    if row < 0:
        return REFUSED
    table.kinds[row] = frame[at]
    table.name_lens[row] = frame[at + 1]
    table.value_lens[row] = frame[at + 2]
    table.stamp(row, version, writer)
    table.epochs[row] = frame[at + _EPOCH]
    table.sinces[row] = frame[at + _SINCE]
    text = row * t.TEXT_LEN
    at += _NAME
    for offset in range(table.name_lens[row]):
        table.texts[text + offset] = frame[at + offset]
    at += table.name_lens[row]
    for offset in range(table.value_lens[row]):
        table.texts[text + t.NAME_MAX + offset] = frame[at + offset]
    return NEWER


def row_of(frame, at: int, table) -> int:
    """The row of the entry that begins here, or -1."""
    return table.find(_key(frame, at))


def writer_of(frame, at: int) -> int:
    return f.get_id(frame, at + _WRITER)


def is_later(frame, at: int, table, row: int) -> bool:
    """True if the entry that begins here beats this row; the clock takes note of it."""
    version = f.get_id(frame, at + _VERSION)
    table.clock = max(table.clock, version)
    return table.is_newer(row, version, writer_of(frame, at))


def _has_key(table, short_key):
    for row in range(len(table.keys)):
        if table.kinds[row] and table.keys[row] >> _KEY_SHIFT == short_key:
            return True
    return False


def _key(frame, at):
    begin = at + _NAME
    name_key = hash30(frame, begin, begin + frame[at + 1])
    if frame[at] == t.SHARE:
        return shares.key_of(name_key, f.get_id(frame, at + _WRITER), frame[at + _EPOCH])
    return name_key


def _short(writer):
    return (writer ^ writer >> 8 ^ writer >> 16 ^ writer >> 24) & 0xFF
