"""Part `scale`: how large a mesh the simulator runs, and how fast, on one core.

The run on ESP-NOW is the firmware's own Node a thousand times; in a field of 1500 m by 1500 m a
node has about 14 others in range, and the farthest are some 20 hops away.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from rich.progress import Progress

from tools.bench import provenance
from tools.bench.part import Options, Part
from tools.bench.table import figure, markdown
from tools.simulator.dice import Dice
from tools.simulator.network import Plan, Run
from tools.simulator.placement import Scatter, random_espnow, random_lora
from tools.simulator.protocols import protocol_named
from tools.simulator.traffic import by_chance

_US = 1_000_000
_SEED = 1
_STEPS = 100

_NOTE = """*Took*: processor time of one core, which does not grow when others use the machine.
*Receptions*: how often a node could decode a frame, harmed by others or not; each whole one is a
`Node.receive` and what follows from it. Warm-up is part of the virtual time."""


@dataclass(frozen=True)
class Scale:
    """One row.  mean_gap_s: between two events of one node.  limit_s: the goal."""

    title: str
    nodes: int
    virtual_s: int
    mean_gap_s: int
    limit_s: int
    area_m: tuple[float, float] | None = None  # on ESP-NOW

    def plan(self) -> Plan:
        is_on_espnow = self.area_m is not None
        protocol = protocol_named("skein", is_on_espnow)
        dice = Dice(_SEED)
        if is_on_espnow:
            scatter = Scatter(self.nodes, self.area_m, is_promised=True)
            topology = random_espnow(scatter, dice, protocol.phy)
        else:
            topology = random_lora(Scatter(self.nodes), dice, protocol.phy)
        traffic_us = self.virtual_s * _US - protocol.warm_up_us
        gap_us = self.mean_gap_s * _US
        traffic = by_chance(self.nodes, gap_us, traffic_us, dice.stream("traffic"))
        return Plan(topology, traffic, protocol, _SEED, {}, protocol.warm_up_us)


FULL = (
    Scale("LoRa LONG_FAST", 100, 3600, 3000, 120),
    Scale("ESP-NOW", 1000, 600, 15000, 600, (1500.0, 1500.0)),
)
QUICK = (
    Scale("LoRa LONG_FAST", 10, 2400, 600, 120),
    Scale("ESP-NOW", 50, 300, 600, 600, (335.0, 335.0)),
)


def measure(options: Options, progress: Progress) -> Iterator[str]:
    rows: list[list[str]] = []
    headings = (
        "radio", "nodes", "virtual, s", "took, s", "goal, s", "events", "receptions",
        "reach, %",
    )  # fmt: skip
    for scale in QUICK if options.is_quick else FULL:
        task = progress.add_task(f"{scale.title}, {scale.nodes} nodes", total=_STEPS)
        rows.append(_row(scale, lambda share, task=task: progress.update(task, completed=share)))
        line = provenance.line(options.command("scale"))
        yield "\n\n".join([line, markdown(headings, rows), _NOTE])


def _row(scale: Scale, tell) -> list[str]:
    began_s = time.process_time()
    run = Run(scale.plan())
    report = run.go(lambda share: tell(share * _STEPS))
    took_s = time.process_time() - began_s
    return [
        scale.title,
        str(scale.nodes),
        f"{scale.virtual_s:,}",
        figure(took_s, 0),
        f"{scale.limit_s} ({'met' if took_s <= scale.limit_s else 'missed'})",
        str(report["messages"]),
        f"{run.ledger.receptions:,}",
        figure(report["reach_of_reachable_pct"]),
    ]


SCALE = Part("scale", "How large a mesh the simulator runs", measure)
