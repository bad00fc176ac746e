"""One mesh under one leader after another: powered on, bereaved, resigned from, parted and healed.

A run lasts 88 s of virtual time. Every act leaves the mesh long enough to settle; the last
seconds before the next one are the steady state. Heartbeats begin with power, so all acts of a run
come later by a part of a heartbeat, another one for each seed: no phase of it is spared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from tools.bench import sources, stored
from tools.bench.part import CACHE
from tools.simulator.network import Plan, Run
from tools.simulator.placement import espnow_topology, grid
from tools.simulator.protocols import protocol_named
from tools.simulator.reachability import members, reachable_from, two_way
from tools.simulator.topology import Position
from tools.simulator.traffic import Traffic

Part = frozenset[int]  # nodes that reach each other
Follows = list[tuple[int, int, int | None]]

_US = 1_000_000
_SPACING_M = 8.0  # the diagonal of 50 nodes in a square is less than the 100 m of a link
_COLUMNS = 5
_COLUMN_M = 70.0  # a node hears its own column and the two beside it
_HEIGHT_M = 40.0

SETTLED_S, KILL_S, BACK_S, RESIGN_S, PART_S, HEAL_S, END_S = 15, 25, 40, 48, 58, 72, 86
_STEADY_S = (
    (SETTLED_S, KILL_S),
    (BACK_S - 4, BACK_S),
    (RESIGN_S - 4, RESIGN_S),
    (PART_S - 4, PART_S),
    (HEAL_S - 4, HEAL_S),
    (END_S - 4, END_S),
)
STEADY_S = sum(end - begin for begin, end in _STEADY_S)
_BEAT_US = 2 * _US
_GOLDEN = 0.6180339887  # its multiples, modulo 1, lie evenly however many are taken


@dataclass(frozen=True)
class Case:
    """hops: 1, all in range of each other; or 4, columns that hear only the columns beside."""

    nodes: int
    hops: int
    loss_percent: int

    def positions(self) -> list[Position]:
        if self.hops == 1:
            return grid(self.nodes, _SPACING_M)
        rows = self.nodes // _COLUMNS
        return [
            (number % _COLUMNS * _COLUMN_M, number // _COLUMNS * _HEIGHT_M / rows, 1.0)
            for number in range(self.nodes)
        ]

    def halves(self) -> tuple[Part, Part]:
        """What a partition leaves together: two columns and three, or every other node."""
        places = _COLUMNS if self.hops > 1 else 2
        first = frozenset(n for n in range(self.nodes) if n % places < places // 2)
        return first, frozenset(range(self.nodes)) - first


def figures_of(case: Case, seed: int) -> dict:
    """The figures of one run; what this very code has run before is not run again."""
    path = _path_of(case, seed)
    known = stored.read(path)
    if known is None:
        known = measured(case, seed)
        stored.write(path, known)
    return known


def is_stored(case: Case, seed: int) -> bool:
    """True if `figures_of` will answer at once."""
    return _path_of(case, seed).exists()


def _path_of(case, seed):
    return stored.path_of(CACHE / "reigns", case, seed, sources.digest(__name__))


def measured(case: Case, seed: int) -> dict:
    """One run.  Times are from an act until all follow one leader; None for never."""
    acts = _Acts(case, int(seed * _GOLDEN % 1 * _BEAT_US))
    protocol = protocol_named("skein", is_on_espnow=True)
    topology = espnow_topology(case.positions(), protocol.phy)
    silence = Traffic("silence", (), END_S * _US + acts.late_us)
    faults = [
        (SETTLED_S, partial(acts.look, 0)),
        (KILL_S, partial(acts.look, 1)),
        (KILL_S, acts.kill),
        (BACK_S, acts.bring_back),
        (RESIGN_S, acts.resign),
        (PART_S, lambda run: run.air.conditions.partition(case.halves())),
        (HEAL_S, lambda run: run.air.conditions.heal()),
    ]
    late = [(at_s * _US + acts.late_us, act) for at_s, act in faults]
    late.append((0, lambda run: run.air.conditions.lose(case.loss_percent / 100)))
    run = Run(Plan(topology, silence, protocol, seed, faults=tuple(late)))
    run.go()
    return acts.figures(run)


class _Acts:
    """Does what happens in a run, and looks at it.  late_us: by which all of it comes later."""

    def __init__(self, case: Case, late_us: int):
        self._case = case
        self.late_us = late_us
        self._killed: int | None = None
        self._resigned: int | None = None
        self._frames = [0, 0]
        self._busy_us: list[list[int]] = [[], []]

    def look(self, place: int, run: Run) -> None:
        self._frames[place] = sum(station.node.frames_out for station in run.stations)
        self._busy_us[place] = [run.air.busy_us(number) for number in range(self._case.nodes)]

    def kill(self, run: Run) -> None:
        self._killed = _most_followed(run)
        run.switch_off(self._killed)

    def bring_back(self, run: Run) -> None:
        run.switch_on(self._killed)

    def resign(self, run: Run) -> None:
        self._resigned = _most_followed(run)
        run.stations[self._resigned].resign()

    def figures(self, run: Run) -> dict:
        everybody = frozenset(range(self._case.nodes))
        hears = two_way(run.topology.decodable(run.phy.sensitivity_dbm))
        whole = parts_among(hears, everybody)
        bereaved = parts_among(hears, everybody - {self._killed})
        halves = [part for half in self._case.halves() for part in parts_among(hears, half)]
        watched_s = KILL_S - SETTLED_S
        busy_us = max(b - a for a, b in zip(*self._busy_us, strict=True))
        follows = run.ledger.follows
        times = Reigns([(at_us - self.late_us, *what) for at_us, *what in follows])
        return {
            "leader_ms": Reigns(follows).agreed_ms(whole, 0, KILL_S),
            "death_ms": times.agreed_ms(bereaved, KILL_S, BACK_S),
            "resignation_ms": times.agreed_ms(whole, RESIGN_S, PART_S, self._resigned),
            "merge_ms": times.agreed_ms(whole, HEAL_S, END_S),
            "split_ms": times.split_ms(whole, bereaved, halves),
            "frames_per_node_s": (self._frames[1] - self._frames[0])
            / self._case.nodes
            / watched_s,
            "channel_percent": 100 * busy_us / watched_s / _US,
            "crossing_ms": self._case.hops * _spread_ms(run),
        }


class Reigns:
    """Who followed whom since when: (instant in us, node, leader or None), in order."""

    def __init__(self, follows: Follows):
        self._follows = follows

    def agreed_ms(
        self, parts: list[Part], begin_s: float, end_s: float, former: int | None = None
    ) -> float | None:
        """From the begin of a time until each part follows one of its own, and not `former`."""
        begin_us = int(begin_s * _US)
        leaders = self.at(begin_us)
        if _agree(leaders, parts, former):
            return 0.0
        for at_us, node, leader in self._follows:
            if begin_us < at_us < end_s * _US:
                leaders[node] = leader
                if _agree(leaders, parts, former):
                    return (at_us - begin_us) / 1000
        return None

    def split_ms(self, whole: list[Part], bereaved: list[Part], halves: list[Part]) -> float:
        """Leader-milliseconds with more than one leader in a part, in the steady state."""
        total_us = 0
        for begin_s, end_s in _STEADY_S:
            parts = whole
            if begin_s >= PART_S and end_s <= HEAL_S:
                parts = halves
            elif begin_s >= KILL_S and end_s <= BACK_S:
                parts = bereaved
            total_us += self._split_us(parts, begin_s * _US, end_s * _US)
        return total_us / 1000

    def at(self, at_us: int) -> dict[int, int | None]:
        """Whom each node followed at an instant."""
        return {node: leader for then_us, node, leader in self._follows if then_us <= at_us}

    def _split_us(self, parts, begin_us, end_us):
        leaders = self.at(begin_us)
        total_us, since_us = 0, begin_us
        within = [each for each in self._follows if begin_us < each[0] < end_us]
        for at_us, node, leader in [*within, (end_us, None, None)]:
            total_us += (at_us - since_us) * sum(_spare_leaders(leaders, part) for part in parts)
            since_us = at_us
            leaders[node] = leader
        return total_us


def parts_among(hears: list[int], nodes: Iterable[int]) -> list[Part]:
    """The connected parts of these nodes alone; hears[a]: the set of those who decode a."""
    left = sum(1 << node for node in nodes)
    among = [heard & left for heard in hears]
    parts = []
    while left:
        first = members(left)[0]
        part = reachable_from(among, first) & left | 1 << first
        parts.append(frozenset(members(part)))
        left &= ~part
    return parts


def _agree(leaders, parts, former):
    for part in parts:
        followed = {leaders.get(node) for node in part}
        if len(followed) != 1 or not followed <= part or followed == {former}:
            return False
    return True


def _spare_leaders(leaders, part):
    return max(0, sum(leaders.get(node) == node for node in part) - 1)


def _most_followed(run):
    leaders = Reigns(run.ledger.follows).at(run.engine.now_us)
    followed = [leader for leader in leaders.values() if leader is not None]
    return max(sorted(set(followed)), key=followed.count, default=0)


def _spread_ms(run):
    """Within what a claim is passed on by one hop, by the firmware's own figure."""
    return max(station.node.election.pace.spread_ms for station in run.stations)
