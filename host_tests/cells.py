"""An air on which nodes belong to cells, and a lone node that hears of its own and of others."""

from fakes import FakeAir, FakeRadio, LowestRoll
from skein import beacon_parts as p
from skein import frame as f
from skein.node import Node
from skein.settings import NodeSettings

FIRST_CELL = 1000


class Cells(FakeAir):
    """Cells of the given sizes; nodes are numbered through, and cells from FIRST_CELL."""

    def __init__(self, sizes, **settings):
        self._cells = []
        for place, size in enumerate(sizes):
            self._cells += [FIRST_CELL + place] * size
        super().__init__(len(self._cells), members=len(self._cells), **settings)

    def _boot(self, number, epoch, term):
        self._settings["cell"] = self._cells[number]
        return super()._boot(number, epoch, term)

    def living(self):
        return [node for node in self.nodes if node]

    def cell_leaders(self):
        """The ids of the nodes that lead a cell."""
        return sorted([node.id for node in self.living() if node.election.role == 2])

    def formation(self):
        """The id that every living node knows as the formation's elected leader, or 0."""
        known = set()
        for node in self.living():
            top = node.cell.tiers.formation
            known.add(top.leader if top.is_elected else 0)
        return known.pop() if len(known) == 1 else 0

    def sizes(self):
        """How many nodes each cell has, the largest first."""
        cells = [node.cell.tiers.cell for node in self.living()]
        return sorted([cells.count(cell) for cell in set(cells)], reverse=True)

    def is_settled(self):
        """One leader in each cell, and one of these for all."""
        led = set()
        for node in self.living():
            if not node.election.is_elected:
                return False
            led.add((node.cell.tiers.cell, node.election.leader))
        return len(led) == len(self.sizes()) and self.formation() in self.cell_leaders()


def member(**settings):
    """A node of the cell FIRST_CELL with limits to its size, which rolls the lowest."""
    settings = dict({"members": 16, "cell": FIRST_CELL, "cell_min": 3, "cell_max": 8}, **settings)
    node = Node(NodeSettings(node=500, score=100, **settings), FakeRadio(), LowestRoll())
    node.start(0)
    return node


def beacon(sender, cell, **fields):
    """A beacon of an elected leader of that cell or, with `leader`, of one who follows it."""
    frame = bytearray(p.FIRST_ROW + p.TIERS_LEN)
    f.put_header(frame, f.BEACON, 0, 0)
    f.put_origin(frame, sender, 0, fields.get("sequence", 0))
    frame[f.ROLE] = f.ELECTED if fields.get("is_elected", True) else 0
    f.put_id(frame, f.TERM, fields.get("term", 10))
    f.put_id(frame, f.LEADER, fields.get("leader", sender))
    frame[f.LEADER_SCORE] = fields.get("score", 200)
    f.put_u16(frame, f.BEAT, fields.get("beat", 1))
    frame[f.LEADER_HOPS] = fields.get("hops", 0)
    f.put_period(frame, f.PERIOD, 2000)
    f.put_period(frame, f.LEADER_PERIOD, 2000)
    frame[p.WHAT] = p.TIERS
    at = p.FIRST_ROW
    f.put_id(frame, at, cell)
    frame[at + p.SIZE] = fields.get("size", 0)
    frame[at + p.PLAN] = fields.get("plan", 0)
    f.put_id(frame, at + p.HEAD, fields.get("head", 0))
    f.put_period(frame, at + p.CLAIM + f.PERIOD - f.ROLE, 8000)
    f.put_period(frame, at + p.CLAIM + f.LEADER_PERIOD - f.ROLE, 8000)
    return frame
