"""Where nodes stand: grid, line, and random rules, each the same for the same seed."""

from dataclasses import dataclass
from math import dist, isqrt
from random import Random

from tools.simulator import SimulatorError
from tools.simulator.dice import Dice
from tools.simulator.espnow import DEFAULT_RANGE_M
from tools.simulator.espnow import rssi_dbm as espnow_rssi_dbm
from tools.simulator.lora import (
    LINK_OFFSET_SIGMA_DB,
    TX_POWER_DBM,
    mean_range_m,
    path_loss_db,
)
from tools.simulator.phy import Phy
from tools.simulator.reachability import is_connected
from tools.simulator.topology import Position, Topology, topology_of

AREA_M = (15_000.0, 15_000.0)
LEAST_DISTANCE_M = 10.0
HEIGHT_M = 1.0

_ATTEMPTS = 1_000
_DRAWS_PER_NODE = 100_000


def line(nodes: int, spacing_m: float) -> list[Position]:
    """Nodes in a row."""
    return [(number * spacing_m, 0.0, HEIGHT_M) for number in range(nodes)]


def grid(nodes: int, spacing_m: float) -> list[Position]:
    """Nodes in rows of a square, filled row by row."""
    width = isqrt(max(0, nodes - 1)) + 1
    return [
        (number % width * spacing_m, number // width * spacing_m, HEIGHT_M)
        for number in range(nodes)
    ]


def scattered(
    nodes: int, dice: Random, range_m: float, area_m: tuple[float, float] = AREA_M
) -> list[Position]:
    """The reference's rule: uniform draws until >= 10 m from all and within range of one.

    Raises SimulatorError when the area has no room left for another node.
    """
    placed: list[Position] = []
    for _ in range(_DRAWS_PER_NODE * nodes):
        if len(placed) == nodes:
            break
        here = (dice.uniform(0, area_m[0]), dice.uniform(0, area_m[1]), HEIGHT_M)
        nearest_m = min((dist(here, other) for other in placed), default=range_m)
        if LEAST_DISTANCE_M <= nearest_m <= range_m:
            placed.append(here)
    if len(placed) < nodes:
        raise SimulatorError(f"there is no room for {nodes} nodes in {area_m[0]} x {area_m[1]} m")
    return placed


def lora_topology(
    positions: list[Position], phy: Phy, dice: Random, sigma_db: float = LINK_OFFSET_SIGMA_DB
) -> Topology:
    """Links by the reference's path loss, each direction with an offset of its own."""
    return topology_of(
        positions,
        lambda distance_m: TX_POWER_DBM - path_loss_db(max(distance_m, 0.001)),
        phy.sense_dbm,
        (sigma_db, dice),
    )


def espnow_topology(
    positions: list[Position], phy: Phy, range_m: float = DEFAULT_RANGE_M
) -> Topology:
    """Links that carry `range_m`, the same both ways."""
    return topology_of(
        positions, lambda distance_m: espnow_rssi_dbm(distance_m, range_m), phy.sense_dbm
    )


@dataclass(frozen=True)
class Scatter:
    """What to draw. is_promised: draw again until all nodes reach each other both ways."""

    nodes: int
    area_m: tuple[float, float] = AREA_M
    is_promised: bool = False


def random_lora(scatter: Scatter, dice: Dice, phy: Phy) -> Topology:
    """The reference's placement and links."""

    def draw(stream):
        positions = scattered(
            scatter.nodes, stream, mean_range_m(phy.sensitivity_dbm), scatter.area_m
        )
        return lora_topology(positions, phy, stream)

    return _until_connected(draw, dice.stream("placement"), phy, scatter.is_promised)


def random_espnow(
    scatter: Scatter, dice: Dice, phy: Phy, range_m: float = DEFAULT_RANGE_M
) -> Topology:
    """The same placement rule with links that carry `range_m`."""

    def draw(stream):
        positions = scattered(scatter.nodes, stream, range_m, scatter.area_m)
        return espnow_topology(positions, phy, range_m)

    return _until_connected(draw, dice.stream("placement"), phy, scatter.is_promised)


def _until_connected(draw, stream, phy, is_promised):
    """Draw once; with the promise, again until the topology is connected over two-way links.

    Raises SimulatorError when a thousand draws did not give one.
    """
    for _ in range(_ATTEMPTS):
        topology = draw(stream)
        if not is_promised or is_connected(topology.decodable(phy.sensitivity_dbm)):
            return topology
    raise SimulatorError(f"no connected topology in {_ATTEMPTS} draws")
