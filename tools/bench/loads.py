"""What the networks of part `dissemination` are asked to carry: topology, traffic, interest.

Topologies are drawn here with seeds of our own, by the same placement rule and path loss as the
published ones; lengths of traffic are theirs, too. Payloads are 40 bytes.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from tools.simulator.dice import Dice
from tools.simulator.network import Plan
from tools.simulator.phy import Phy
from tools.simulator.placement import Scatter, random_espnow, random_lora
from tools.simulator.protocols import protocol_named
from tools.simulator.reachability import members
from tools.simulator.topology import Topology, load_topology
from tools.simulator.traffic import Traffic, by_chance, load_trace, one_at_a_time, with_priorities

FIRST_SEED = 1000  # apart from the small numbers that others draw with
ESPNOW_HOPS = 4
ESPNOW_LOSS = 0.1

_US = 1_000_000
_ESPNOW_AREA_M = (280.0, 220.0)
_ESPNOW_WARM_UP_US = 300_000_000  # by then the tables of interest count as complete


@dataclass(frozen=True, order=True)
class Load:
    """One table of the part.

    trace: `iso`, `p600` or `p60`, as in the traffic files.  length: of `iso` the messages, else
    the seconds.  interest: the share of the nodes that want the messages.
    """

    name: str
    title: str
    nodes: int
    trace: str
    length: int
    interest: float = 1.0
    is_on_espnow: bool = False

    def plan(self, protocol_name: str, place: int | str) -> Plan:
        """What to run.  place: the number of a topology drawn here, or the path of a file."""
        seed = place if isinstance(place, int) else 0
        dice = Dice(FIRST_SEED + seed)
        protocol = protocol_named(protocol_name, self.is_on_espnow)
        topology, traffic = self._drawn(dice, protocol.phy)
        if isinstance(place, str):
            topology, traffic = self._read(Path(place))
        if self.trace == "p60":
            traffic = with_priorities(traffic, dice.stream("priorities"))
        warm_up_us = _ESPNOW_WARM_UP_US if self.is_on_espnow else protocol.warm_up_us
        plan = Plan(topology, traffic, protocol, seed, {}, warm_up_us)
        if self.interest < 1:
            plan = replace(plan, interest={each.topic: self.interest for each in traffic.messages})
        return plan

    def _drawn(self, dice: Dice, phy: Phy) -> tuple[Topology, Traffic]:
        if self.is_on_espnow:
            topology = _espnow_mesh(self.nodes, dice, phy)
        else:
            topology = random_lora(Scatter(self.nodes), dice, phy)
        if self.trace == "iso":
            return topology, one_at_a_time(self.nodes, self.length)
        mean_gap_us = int(self.trace[1:]) * _US
        stream = dice.stream("traffic")
        return topology, by_chance(self.nodes, mean_gap_us, self.length * _US, stream)

    def _read(self, path: Path) -> tuple[Topology, Traffic]:
        traffic = path.with_name(path.name.replace("topo_", "traffic_"))
        return load_topology(path), load_trace(traffic, self.trace)


def _espnow_mesh(nodes: int, dice: Dice, phy: Phy) -> Topology:
    """The first draw in which every node reaches all others, the farthest in ESPNOW_HOPS."""
    attempt = 0
    while True:
        stream = Dice(dice.seed * 1000 + attempt)
        topology = random_espnow(Scatter(nodes, _ESPNOW_AREA_M, True), stream, phy)
        if _most_hops(topology.decodable(phy.sensitivity_dbm)) == ESPNOW_HOPS:
            return topology
        attempt += 1


def _most_hops(hears: list[int]) -> int:
    """The number of hops between the two nodes that are farthest apart."""
    most = 0
    for source in range(len(hears)):
        reached, edge, hops = 1 << source, 1 << source, -1
        while edge:
            hops += 1
            heard = 0
            for node in members(edge):
                heard |= hears[node]
            edge = heard & ~reached
            reached |= edge
        most = max(most, hops)
    return most


def _lora(nodes: int, trace: str, length: int, interest: float = 1.0) -> Load:
    what = {
        "iso": "one message at a time",
        "p600": "a message from each node every 600 s",
        "p60": "a message from each node every 60 s, more than the channel holds",
    }[trace]
    wanted = "" if interest == 1 else f", wanted by {100 * interest:.0f} % of the nodes"
    name = f"{trace}-{nodes}" + ("" if interest == 1 else "-wanted")
    return Load(name, f"LoRa, {nodes} nodes, {what}{wanted}", nodes, trace, length, interest)


def _espnow(nodes: int, seconds: int, interest: float = 1.0) -> Load:
    title = f"ESP-NOW, {nodes} nodes, {ESPNOW_HOPS} hops, 10 % loss, one event a second"
    name = "espnow"
    if interest < 1:
        title, name = f"{title}, wanted by {round(interest * nodes)} node", "espnow-wanted"
    return Load(name, title, nodes, f"p{nodes}", seconds, interest, True)


FULL = (
    _lora(10, "iso", 30),
    _lora(30, "iso", 30),
    _lora(100, "iso", 100),
    _lora(100, "p600", 3600),
    _lora(30, "p60", 1800),
    _lora(100, "p60", 1800),
    _lora(100, "iso", 100, 0.1),
    _espnow(50, 720),
    _espnow(50, 720, 0.02),
)
QUICK = (
    _lora(10, "iso", 3),
    _lora(30, "iso", 3),
    _lora(30, "p60", 240),
    _espnow(20, 150),
)
