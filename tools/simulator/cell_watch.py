"""Whether the nodes of a run are led in cells of the right size, and since when."""

from collections import Counter


class CellWatch:
    """Follows of which cell each node is and whom it follows there, from an engine's instants.

    All is right when every node that is on follows a leader of its own cell, and no leader has
    more or fewer than the limits say.  Parts of a cell that another one has cut apart have a
    leader each and count apart.  Nobody says anything before the first `sees`; then `report` is
    empty.
    """

    def __init__(self, engine, nodes: int):
        self._engine = engine
        self._is_on = [True] * nodes
        self._cells: list[int | None] = [None] * nodes
        self._leaders: list[int | None] = [None] * nodes
        self.limits = (1, nodes)
        self._is_used = False
        self._first_right_us: int | None = None
        self._wrong_since_us: int | None = None
        self._wrong_us = 0
        self._moves = 0

    def sees(self, node: int, cell: int, leader: int | None) -> None:
        """The cell that a node is of now, and whom it follows there."""
        if (self._cells[node], self._leaders[node]) == (cell, leader):
            return
        self._is_used = True
        self._moves += self._cells[node] not in (None, cell)
        self._cells[node], self._leaders[node] = cell, leader
        self._note()

    def switched(self, node: int, is_on: bool) -> None:
        """A node lost power or has it again."""
        self._is_on[node] = is_on
        self._cells[node] = self._leaders[node] = None
        self._note()

    def report(self) -> dict:
        """Times and counts.

        cells_right_ms: from the begin until all is right; None when never.  cells_wrong_ms: time
        after that in which it was not.  cells, smallest_cell, largest_cell: at the end.  moves:
        how often a node went from one cell to another.
        """
        if not self._is_used:
            return {}
        wrong_us = self._wrong_us
        if self._wrong_since_us is not None:
            wrong_us += self._engine.now_us - self._wrong_since_us
        first_us = self._first_right_us
        sizes = self._sizes().values() or [0]
        return {
            "cells_right_ms": None if first_us is None else first_us / 1000,
            "cells_wrong_ms": wrong_us / 1000,
            "cells": len(sizes),
            "smallest_cell": min(sizes),
            "largest_cell": max(sizes),
            "moves": self._moves,
        }

    def _living(self):
        return [node for node, is_on in enumerate(self._is_on) if is_on]

    def _sizes(self) -> Counter:
        """How many nodes follow each leader."""
        return Counter(self._leaders[node] for node in self._living())

    def _is_right(self):
        living = self._living()
        for node in living:
            leader = self._leaders[node]
            if leader is None or not self._is_on[leader]:
                return False
            if self._cells[leader] != self._cells[node] or self._leaders[leader] != leader:
                return False
        sizes = self._sizes().values()
        return all(self.limits[0] <= size <= self.limits[1] for size in sizes)

    def _note(self):
        if not self._is_used:
            return
        now_us = self._engine.now_us
        is_right = self._is_right()
        if is_right and self._first_right_us is None:
            self._first_right_us = now_us
        elif is_right and self._wrong_since_us is not None:
            self._wrong_us += now_us - self._wrong_since_us
            self._wrong_since_us = None
        elif not is_right and self._first_right_us is not None and self._wrong_since_us is None:
            self._wrong_since_us = now_us
