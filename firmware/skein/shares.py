"""Counters that all nodes of a mesh add to, in rows of a StateTable.

Each node has a share for each boot in which it counted: the sum of what it added and that of what
it took.  Both only grow, so of two states of a share the larger is the later one, and the counter
is what all shares come to.  A node that has met two former shares of its own folds them into the
present one; `since` then tells the others which boots are in it, and they drop those.  What only
an unreachable part of the mesh knows of a former boot at that moment is lost.
"""

from micropython import const

from skein import frame as f
from skein.ids import ID_MAX, hash30
from skein.state_table import FREE, NAME_MAX, SHARE, TEXT_LEN, StateError, StateTable

SUMS_LEN = const(8)  # a share's value: added, taken
_TAKEN = const(4)
_FOLDED_AT = const(2)
_EPOCH_FACTOR = const(2113547)  # spreads the boots of a node over the keys


def key_of(name_key: int, owner: int, epoch: int) -> int:
    """The key of a share."""
    return (name_key ^ owner ^ epoch * _EPOCH_FACTOR) & ID_MAX or 1


def count(table: StateTable, name: bytes, amount: int, owner: int, epoch: int) -> int:
    """Add to the share of this boot, or take from it; returns its row.

    Raises StateError where no row is free, or the sum would pass 2**30 - 1.
    """
    row = table.own_row(key_of(hash30(name), owner, epoch), name)
    if not table.kinds[row]:
        table.kinds[row] = SHARE
        table.epochs[row] = table.sinces[row] = epoch
        table.value_lens[row] = SUMS_LEN
        table.versions[row] = 0
        _put_sums(table, row, 0, 0)
    if table.versions[row] + abs(amount) > ID_MAX:
        raise StateError("one boot of a node counts up to 1073741823")
    _grow(table, row, max(0, amount), max(0, -amount), owner)
    return row


def total(table: StateTable, name: bytes):
    """What the counter comes to; None where nobody counted."""
    found = None
    for row in range(len(table.keys)):
        if table.kinds[row] == SHARE and table.name(row) == name:
            found = (found or 0) + _added(table, row) - _taken(table, row)
    return found


def fold(table: StateTable, row: int, owner: int, epoch: int) -> int:
    """Fold the former shares of the counter in `row`, if the owner has two.

    Returns the row of the share in which they are, or `row` where nothing was folded.
    """
    present = -1
    former = 0
    for other in range(len(table.keys)):
        if _is_same(table, other, row, owner):
            if table.epochs[other] == epoch:
                present = other
            else:
                former += 1
    if present < 0 or former < _FOLDED_AT:
        return row
    for other in range(len(table.keys)):
        if other != present and _is_same(table, other, row, owner):
            _grow(table, present, _added(table, other), _taken(table, other), owner)
            ago = (epoch - table.sinces[other]) & 0xFF
            if ago > (epoch - table.sinces[present]) & 0xFF:
                table.sinces[present] = table.sinces[other]
            table.kinds[other] = FREE
    return present


def drop_folded(table: StateTable) -> None:
    """Free the rows of shares that are part of others."""
    for row in range(len(table.keys)):
        if table.kinds[row]:
            drop_if_folded(table, row)


def drop_if_folded(table: StateTable, row: int) -> bool:
    """Free this row if it is a share that is part of another one; True if it was."""
    for other in range(len(table.keys)):
        if other != row and _is_same(table, other, row, table.writers[row]):
            span = (table.epochs[other] - table.sinces[other]) & 0xFF
            ago = (table.epochs[other] - table.epochs[row]) & 0xFF
            if table.kinds[row] == SHARE and 0 < ago <= span:
                table.kinds[row] = FREE
                return True
    return False


def _is_same(table, other, row, owner):
    """True if `other` is a share of this owner in the counter in `row`."""
    if table.kinds[other] != SHARE or table.writers[other] != owner:
        return False
    if table.name_lens[other] != table.name_lens[row]:
        return False
    for at in range(table.name_lens[row]):
        if table.texts[other * TEXT_LEN + at] != table.texts[row * TEXT_LEN + at]:
            return False
    return True


def _grow(table, row, added, taken, owner):
    added += _added(table, row)
    taken += _taken(table, row)
    _put_sums(table, row, added, taken)
    table.stamp(row, min(ID_MAX, added + taken), owner)


def _added(table, row):
    return f.get_id(table.texts, row * TEXT_LEN + NAME_MAX)


def _taken(table, row):
    return f.get_id(table.texts, row * TEXT_LEN + NAME_MAX + _TAKEN)


def _put_sums(table, row, added, taken):
    f.put_id(table.texts, row * TEXT_LEN + NAME_MAX, added)
    f.put_id(table.texts, row * TEXT_LEN + NAME_MAX + _TAKEN, taken)
