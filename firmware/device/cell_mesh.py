"""The application's face of a node with a cell: what "members" and "cell" in config.json add."""

from device import clock
from device.mesh import Mesh
from skein.ids import NOBODY, hash30, text
from skein.members import ALIVE, DEAD, LEFT, STATE_NAMES, SUSPECT
from skein.ticks import ticks_diff


class CellMesh(Mesh):
    """A Mesh that also knows its cell: members(), leave(), chain()."""

    def members(self) -> list:
        """A dict for each member but this node: id, state, boot, heard_s_ago, state_s."""
        table, now = self._node.cell.members, clock.now()
        return [
            {
                "id": text(table.ids[row]),
                "state": STATE_NAMES[table.states[row]],
                "boot": table.boots[row],
                "heard_s_ago": ticks_diff(now, table.heard_at[row]) // 1000,
                "state_s": ticks_diff(now, table.since[row]) // 1000,
            }
            for row in range(len(table.ids))
            if table.ids[row] != NOBODY
        ]

    def leave(self) -> None:
        """Hand over the lead and say goodbye: before a board is switched off or reset."""
        self.resign()
        self._node.cell.leave(clock.now())
        self.runner.wake()

    def chain(self) -> list:
        """The ids of this node, its cell's leader and the formation's; None while unknown."""
        chain = [self.id, self.leader]
        if self._node.cell.tiers:
            chain.append(self._formation_leader())
        return chain

    def why(self) -> str:
        """Why this node leads or follows in its cell and in the formation, in a sentence."""
        why = super().why()
        tiers = self._node.cell.tiers
        if tiers is None:
            return why
        top = tiers.formation
        if top.leader == self._node.id and top.is_elected:
            above = "it leads the formation too"
        elif top.is_elected:
            above = f"the formation follows {text(top.leader)}, {top.leader_hops} hops away"
        else:
            above = "the formation has no leader yet"
        return f"{why}; in cell {self._cell_text()} {above}"

    def _formation_leader(self):
        top = self._node.cell.tiers.formation
        return text(top.leader) if top.is_elected else None

    def _cell_text(self):
        cell = self._node.cell.tiers.cell
        return self.cell_name if cell == hash30(self.cell_name.encode()) else text(cell)

    def status(self) -> dict:
        """What this node is and has done since it booted, and what became of its cell."""
        table = self._node.cell.members
        status = super().status()
        status["members"] = table.count + 1  # with this node
        status["members_joined"] = table.changes[ALIVE]
        status["members_suspected"] = table.changes[SUSPECT]
        status["members_refuted"] = table.refuted
        status["members_died"] = table.changes[DEAD]
        status["members_left"] = table.changes[LEFT]
        status["members_refused"] = table.refused
        status["members_displaced"] = table.displaced
        status["members_nonsense"] = self._node.cell.news.nonsense
        tiers = self._node.cell.tiers
        if tiers:
            status["cell"] = self._cell_text()
            status["cell_moves"] = tiers.moves
            status["formation_leader"] = self._formation_leader()
        if tiers and tiers.size:
            status["cell_size"] = tiers.size.size  # as its leader counts
        return status
