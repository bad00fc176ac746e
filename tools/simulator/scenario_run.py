"""From a scenario to a plan: placing nodes, laying traffic together."""

from tools.simulator import SimulatorError
from tools.simulator.dice import Dice
from tools.simulator.espnow import DEFAULT_RANGE_M
from tools.simulator.frame import PRIORITY_NAMES, Message
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
from tools.simulator.topology import Topology, load_topology
from tools.simulator.traffic import Traffic, load_trace

_US = 1_000_000


def plan_of(scenario: Scenario, seed: int | None = None) -> Plan:
    """What to run. `seed` takes the place of the file's. Raises SimulatorError."""
    seed = scenario.top["seed"] if seed is None else seed
    dice = Dice(seed)
    is_on_espnow = scenario.radio["kind"] == "espnow"
    protocol = protocol_named(scenario.top["protocol"], is_on_espnow)
    topology = _topology(scenario, protocol.phy, dice)
    _check_nodes(scenario, topology.nodes)
    warm_up_s = scenario.top["warm_up_s"]
    return Plan(
        topology,
        _traffic(scenario, topology.nodes, dice),
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
    ]
    if named and max(named) >= count:
        raise SimulatorError(f"there is no node {max(named)}, the last one is {count - 1}")


def _traffic(scenario, count, dice) -> Traffic:
    """All parts together, numbered by the order of their births."""
    duration_us = int(scenario.top["duration_s"] * _US)
    born = []
    for place, part in enumerate(scenario.traffic):
        stream = dice.stream(f"traffic {place}")
        births = _births(scenario, part, part["sources"] or range(count), duration_us, stream)
        born += [(at_us, place, source) for at_us, source in births if at_us < duration_us]
    messages = [
        _message(number, scenario.traffic[place], at_us, source)
        for number, (at_us, place, source) in enumerate(sorted(born))
    ]
    if any(message.source >= count for message in messages):
        raise SimulatorError(f"the trace names sources beyond node {count - 1}")
    return Traffic("scenario", tuple(messages), duration_us)


def _message(number, part, at_us, source) -> Message:
    priority = PRIORITY_NAMES.index(part["priority"])
    return Message(number, source, at_us, part["payload_bytes"], priority, part["topic"])


def _births(scenario, part, sources, duration_us, stream):
    start_us = int(part["start_s"] * _US)
    end_us = duration_us if part["end_s"] is None else int(part["end_s"] * _US)
    if part["kind"] == "trace":
        messages = load_trace(scenario.folder / part["file"], part["trace"]).messages
        return [(start_us + message.born_us, message.source) for message in messages]
    if part["kind"] == "periodic":
        gap_us = max(1, int(part["every_s"] * _US))
        times = range(start_us + gap_us, end_us, gap_us)
        return [(at_us, sources[turn % len(sources)]) for turn, at_us in enumerate(times)]
    births = []
    mean_us = max(1.0, part["mean_s"] * _US)
    for source in sources:
        at_us = start_us + stream.expovariate(1 / mean_us)
        while at_us < end_us:
            births.append((int(at_us), source))
            at_us += stream.expovariate(1 / mean_us)
    return births
