"""What goes wrong in a scenario: each fault as something to do to the run at an instant."""

from collections.abc import Callable, Iterator
from functools import partial

from tools.simulator.attackers import Flooder, Replayer
from tools.simulator.network import Run
from tools.simulator.scenario import Scenario

_US = 1_000_000
_GOODBYE_US = 1_000_000


def faults_of(scenario: Scenario) -> Iterator[tuple[int, Callable[[Run], None]]]:
    """(instant on the traffic's clock, what to do) for each fault; a passing one has two."""
    if scenario.radio["loss"]:
        yield 0, partial(_lose, {"share": scenario.radio["loss"], "links": None})
    for fault in scenario.faults:
        at_us = int(fault["at_s"] * _US)
        if fault["kind"] == "replay":
            yield int(fault["record_s"] * _US), partial(_record, fault)
        yield at_us, partial(_strike, fault)
        if fault["kind"] == "leave":
            yield at_us + _GOODBYE_US, partial(_switch_off, fault)
        if fault["kind"] == "reboot":
            yield at_us + int(fault["off_s"] * _US), partial(_switch_on, fault)
        if fault["kind"] == "jam" and fault["until_s"] is not None:
            yield int(fault["until_s"] * _US), partial(_end_jam, fault)


def _strike(fault: dict, run: Run) -> None:
    said = {key: fault[key] for key in _SAID[fault["kind"]] if fault[key] is not None}
    run.ledger.struck({"kind": fault["kind"], **said})
    _BEGIN[fault["kind"]](fault, run)


def _switch_off(fault: dict, run: Run) -> None:
    for node in fault["nodes"]:
        run.switch_off(node)


def _switch_on(fault: dict, run: Run) -> None:
    for node in fault["nodes"]:
        run.switch_on(node)


def _kill_leader(fault: dict, run: Run) -> None:
    leaders = dict.fromkeys(range(run.topology.nodes))
    leaders.update({node: leader for _, node, leader in run.ledger.follows})
    followed = [leader for leader in leaders.values() if leader is not None]
    if followed:
        run.switch_off(max(sorted(followed), key=followed.count))


def _resign(fault: dict, run: Run) -> None:
    for node in fault["nodes"]:
        station = run.stations[node]
        if station is not None:
            station.resign()


def _leave(fault: dict, run: Run) -> None:
    for node in fault["nodes"]:
        station = run.stations[node]
        if station is not None:
            station.leave()


def _jam(fault: dict, run: Run) -> None:
    run.air.jam(fault["nodes"])


def _end_jam(fault: dict, run: Run) -> None:
    run.ledger.struck({"kind": "jam is over", "nodes": fault["nodes"]})
    run.air.jam(fault["nodes"], is_jammed=False)


def _partition(fault: dict, run: Run) -> None:
    run.air.conditions.partition(fault["groups"])


def _heal(fault: dict, run: Run) -> None:
    run.air.conditions.heal()


def _lose(fault: dict, run: Run) -> None:
    links = None if fault["links"] is None else [(a, b) for a, b in fault["links"]]
    run.air.conditions.lose(fault["share"], links)


def _flood(fault: dict, run: Run) -> None:
    if fault["content"] == "garbage":
        for node in fault["nodes"]:
            Flooder(run, node, fault["frames_per_s"], fault["length_bytes"]).go(
                _end_us(fault, run)
            )


def _record(fault: dict, run: Run) -> None:
    """The replayers begin to listen; they are found again when the fault strikes."""
    for node in fault["nodes"]:
        run.replayers[node] = Replayer(run, node, fault["frames_per_s"])


def _replay(fault: dict, run: Run) -> None:
    for node in fault["nodes"]:
        run.replayers[node].go(_end_us(fault, run))


def _end_us(fault, run):
    until_s = fault["until_s"]
    if until_s is None:
        return run.traffic.duration_us
    return int(until_s * _US) + run.plan.warm_up_us


_BEGIN = {
    "kill": _switch_off,
    "kill_leader": _kill_leader,
    "reboot": _switch_off,
    "leave": _leave,
    "resign": _resign,
    "jam": _jam,
    "partition": _partition,
    "heal": _heal,
    "loss": _lose,
    "flood": _flood,
    "replay": _replay,
}
_SAID = {
    "kill": ("nodes",),
    "kill_leader": (),
    "reboot": ("nodes", "off_s"),
    "leave": ("nodes",),
    "resign": ("nodes",),
    "jam": ("nodes",),
    "partition": ("groups",),
    "heal": (),
    "loss": ("share", "links"),
    "flood": ("nodes", "content", "frames_per_s"),
    "replay": ("nodes", "frames_per_s"),
}
