"""State that every node of a mesh holds: names with values, of which the latest write wins.

A row is a register, a node's share of a counter (see shares) or the tombstone of a deleted
register.  Its stamp is a version and the id of who wrote it.  A version is one more than the
highest that its writer had met, so whoever knew of a value and writes another one wins; of two
that did not know of each other the higher stamp wins, on every node the same.  (Counts of boots
have no order among different nodes, so they are no part of it.)

Capacity.  A write of this node is refused where no row is free.  What others wrote is kept by its
key: of more than fit, every node keeps the rows of the lowest keys.  A quarter of the rows may be
tombstones; of more, that of the lowest stamp goes, and a node that was away for so long may bring
its value back.
"""

from array import array

from micropython import const

from skein.errors import SkeinError
from skein.ids import ID_MAX, hash30

FREE = const(0)  # kinds
REGISTER = const(1)
SHARE = const(2)
DELETED = const(3)

NAME_MAX = const(16)  # bytes
VALUE_MAX = const(32)
TEXT_LEN = const(48)  # of a row: its name, and from NAME_MAX on its value
_TOMBSTONE_PART = const(4)
_SUM_MASK = const(0xFFFFFFF)  # two of these add up to a small int


class StateError(SkeinError):
    """A name or a value that the state cannot take, or no room for it."""


class StateTable:
    """capacity: rows.  clock: the highest version met.  evicted: rows that found no room."""

    def __init__(self, capacity: int):
        self.kinds = bytearray(capacity)
        self.keys = array("I", bytes(4 * capacity))
        self.versions = array("I", bytes(4 * capacity))
        self.writers = array("I", bytes(4 * capacity))
        self.epochs = bytearray(capacity)  # of a share: the boot in which it was counted
        self.sinces = bytearray(capacity)  # of a share: the first boot that is folded into it
        self.name_lens = bytearray(capacity)
        self.value_lens = bytearray(capacity)
        self.texts = bytearray(TEXT_LEN * capacity)
        self.clock = 0
        self.evicted = 0

    def find(self, key: int) -> int:
        """The row of this key, or -1."""
        for row in range(len(self.keys)):
            if self.keys[row] == key and self.kinds[row]:
                return row
        return -1

    def write(self, name: bytes, value, writer: int) -> int:
        """Set a register, or delete it where `value` is None; returns its row.

        Raises StateError for what does not fit into a row, and where no row is free.
        """
        if len(value or b"") > VALUE_MAX:
            raise StateError(f"a value has at most {VALUE_MAX} bytes, not {len(value)}")
        row = self.own_row(hash30(name), name)
        self.clock = min(ID_MAX, self.clock + 1)
        self.stamp(row, self.clock, writer)
        self.kinds[row] = DELETED if value is None else REGISTER
        self.value_lens[row] = len(value or b"")
        at = row * TEXT_LEN + NAME_MAX
        self.texts[at : at + self.value_lens[row]] = value or b""
        return row

    def own_row(self, key: int, name: bytes) -> int:
        """The row of a key that this node writes, a new one if need be.  Raises StateError."""
        if not 0 < len(name) <= NAME_MAX:
            raise StateError(f"a name has 1 to {NAME_MAX} bytes, not {len(name)}")
        row = self.find(key)
        if row < 0:
            row = self.find_free()
            if row < 0:
                raise StateError(
                    f"the state holds {len(self.keys)} entries and has no room for {name!r}"
                )
            self.keys[row] = key
            self.name_lens[row] = len(name)
            self.texts[row * TEXT_LEN : row * TEXT_LEN + len(name)] = name
        return row

    def row_for(self, key: int) -> int:
        """The row for a key that others wrote, at the cost of the highest key; -1 for none."""
        row = self.find(key)
        if row < 0:
            row = self.find_free()
        if row < 0:
            self.evicted += 1
            row = self.find_last()
            if self.keys[row] < key:
                return -1
        self.keys[row] = key
        return row

    def stamp(self, row: int, version: int, writer: int) -> None:
        self.versions[row] = version
        self.writers[row] = writer

    def is_newer(self, row: int, version: int, writer: int) -> bool:
        """True if this stamp beats the row's."""
        if version == self.versions[row]:
            return writer > self.writers[row]
        return version > self.versions[row]

    def value(self, name: bytes):
        """The bytes of a register, or None."""
        row = self.find(hash30(name))
        if row < 0 or self.kinds[row] != REGISTER:
            return None
        at = row * TEXT_LEN + NAME_MAX
        return bytes(self.texts[at : at + self.value_lens[row]])

    def name(self, row: int) -> bytes:
        at = row * TEXT_LEN
        return bytes(self.texts[at : at + self.name_lens[row]])

    def find_free(self) -> int:
        for row in range(len(self.keys)):
            if not self.kinds[row]:
                return row
        return -1

    def find_last(self) -> int:
        """The row of the highest key, or -1."""
        last = -1
        for row in range(len(self.keys)):
            if self.kinds[row] and (last < 0 or self.keys[row] > self.keys[last]):
                last = row
        return last

    def sum(self) -> int:
        """A number that two tables with the same rows share, and others hardly ever."""
        total = 0
        for row in range(len(self.keys)):
            if self.kinds[row]:
                mixed = self.keys[row] ^ (self.versions[row] & 0xFFFFFF) << 5 ^ self.writers[row]
                total = (total + ((mixed ^ mixed >> 13) & _SUM_MASK)) & _SUM_MASK
        return total

    def bury(self) -> None:
        """Let go of a tombstone if there are too many."""
        oldest = -1
        count = 0
        for row in range(len(self.keys)):
            if self.kinds[row] == DELETED:
                count += 1
                if oldest < 0 or not self.is_newer(oldest, self.versions[row], self.writers[row]):
                    oldest = row
        if count > len(self.keys) // _TOMBSTONE_PART:
            self.kinds[oldest] = FREE
