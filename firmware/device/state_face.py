"""The application's face of shared state: what "state" in config.json adds."""

import asyncio

from micropython import const

from device import clock
from skein.state_table import REGISTER, SHARE

_LOOK_MS = const(20)


class Changes:
    """`async for name in mesh.state.changes()`: each name whose value changed, on any node."""

    def __init__(self, replica):
        self._replica = replica

    def __aiter__(self):
        return self

    async def __anext__(self):
        row = self._replica.next_change()
        while row < 0:
            await asyncio.sleep_ms(_LOOK_MS)
            row = self._replica.next_change()
        return self._replica.table.name(row).decode()


class StateFace:
    """mesh.state: a dict that all nodes share, and counters.

    Names have 1 to 16 bytes, values at most 32.  What cannot be taken raises StateError.
    """

    def __init__(self, replica, runner):
        self._replica = replica
        self._runner = runner

    def __getitem__(self, name: str):
        value = self._replica.get(name.encode())
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name: str, value) -> None:
        """value: bytes, or a str for its bytes in UTF-8."""
        self._set(name, value.encode() if isinstance(value, str) else bytes(value))

    def __delitem__(self, name: str) -> None:
        """Of a counter nothing can be deleted, since others may count at this moment."""
        if name not in self:
            raise KeyError(name)
        self._set(name, None)

    def __contains__(self, name: str) -> bool:
        return self._replica.get(name.encode()) is not None

    def __iter__(self):
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __repr__(self) -> str:
        return repr(dict(self.items()))

    def get(self, name: str, default=None):
        """The bytes of a register, the number of a counter, or the default."""
        value = self._replica.get(name.encode())
        return default if value is None else value

    def items(self) -> list:
        return [(name, self[name]) for name in self._names()]

    def add(self, name: str, amount: int = 1) -> None:
        """Add to a counter that all nodes share, or, with a negative amount, take from it."""
        self._runner.wake()
        self._replica.count(name.encode(), amount, clock.now())

    def changes(self) -> Changes:
        return Changes(self._replica)

    def status(self) -> dict:
        """Rows in use and free, and what was refused or had to go."""
        table = self._replica.table
        used = sum(1 for kind in table.kinds if kind)
        return {
            "entries": len(self),
            "rows": used,
            "rows_free": len(table.kinds) - used,
            "changes": self._replica.changes,
            "refused": self._replica.refused,
            "evicted": table.evicted,
        }

    def _set(self, name, value):
        self._runner.wake()
        self._replica.set(name.encode(), value, clock.now())

    def _names(self):
        table = self._replica.table
        rows = [row for row, kind in enumerate(table.kinds) if kind in (REGISTER, SHARE)]
        return sorted({table.name(row).decode() for row in rows})
