"""From a scenario to a plan: placing the nodes, and putting all parts together."""

from tools.simulator import SimulatorError
from tools.simulator.dice import Dice
from tools.simulator.espnow import DEFAULT_RANGE_M
from tools.simulator.lora import preset_named
from tools.simulator.network import Plan
from tools.simulator.placement import (
    AREA_M,
    HEIGHT_M,
    Scatter,
    espnow_topology,
    grid,
    line,
    lora_topology,
    random_espnow,
    random_lora,
)
from tools.simulator.protocols import protocol_named
from tools.simulator.scenario import Scenario
from tools.simulator.scenario_faults import faults_of
from tools.simulator.scenario_traffic import traffic_of
from tools.simulator.skein_station import Skein
from tools.simulator.topology import Topology, load_topology

_US = 1_000_000


def plan_of(scenario: Scenario, seed: int | None = None) -> Plan:
    """What to run. `seed` takes the place of the file's. Raises SimulatorError."""
    seed = scenario.top["seed"] if seed is None else seed
    dice = Dice(seed)
    is_on_espnow = scenario.radio["kind"] == "espnow"
    preset = preset_named(scenario.radio["preset"])
    protocol = protocol_named(scenario.top["protocol"], is_on_espnow, preset)
    if isinstance(protocol, Skein):
        protocol.cells = scenario.skein
    topology = _topology(scenario, protocol.phy, dice)
    _check_nodes(scenario, topology.nodes)
    warm_up_s = scenario.top["warm_up_s"]
    return Plan(
        topology,
        traffic_of(scenario, topology.nodes, dice),
        protocol,
        seed,
        scenario.interest,
        protocol.warm_up_us if warm_up_s is None else int(warm_up_s * _US),
        tuple(faults_of(scenario)),
    )


def _topology(scenario, phy, dice) -> Topology:
    nodes, radio = scenario.nodes, scenario.radio
    if nodes["place"] == "file":
        return load_topology(scenario.folder / nodes["file"])
    is_on_espnow = radio["kind"] == "espnow"
    range_m = radio["range_m"] or DEFAULT_RANGE_M
    if nodes["place"] == "random":
        scatter = Scatter(nodes["count"], tuple(nodes["area_m"] or AREA_M), nodes["connected"])
        if is_on_espnow:
            return random_espnow(scatter, dice, phy, range_m)
        return random_lora(scatter, dice, phy)
    positions = _positions(nodes)
    if is_on_espnow:
        return espnow_topology(positions, phy, range_m)
    return lora_topology(positions, phy, dice.stream("link offsets"))


def _positions(nodes):
    if nodes["place"] == "at":
        return [(float(x), float(y), HEIGHT_M) for x, y in nodes["at"]]
    rule = {"line": line, "grid": grid}[nodes["place"]]
    return rule(nodes["count"], nodes["spacing_m"])


def _check_nodes(scenario, count):
    """Every node that is named must be there."""
    named = [
        *(node for part in scenario.traffic for node in part["sources"] or ()),
        *(node for fault in scenario.faults for node in fault["nodes"] or ()),
        *(node for fault in scenario.faults for link in fault["links"] or () for node in link),
        *(node for fault in scenario.faults for group in fault["groups"] or () for node in group),
        *(node for cell in scenario.skein["cells"] or () for node in cell),
    ]
    if named and max(named) >= count:
        raise SimulatorError(f"there is no node {max(named)}, the last one is {count - 1}")
