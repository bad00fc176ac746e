"""One run: a topology, traffic and a protocol put together on one air."""

import time
from dataclasses import dataclass
from functools import cached_property

from tools.simulator.air import Air
from tools.simulator.dice import Dice
from tools.simulator.engine import Engine
from tools.simulator.ledger import Ledger
from tools.simulator.phy import Phy
from tools.simulator.report import report_of
from tools.simulator.topology import Topology
from tools.simulator.traffic import Traffic

_PROGRESS_STEPS = 200


@dataclass(frozen=True)
class Plan:
    """What to run. interest: share of the nodes that want the messages, 0..1.

    warm_up_us: quiet time before the traffic's own clock begins, nodes switched on.
    """

    topology: Topology
    traffic: Traffic
    protocol: object
    seed: int = 0
    interest: float = 1.0
    warm_up_us: int = 0


class Run:
    """The parts of a run, as stations and reports see them."""

    def __init__(self, plan: Plan, recorder=None):
        self.plan = plan
        self.topology = plan.topology
        self.traffic = plan.traffic.later_by(plan.warm_up_us)
        self.protocol_name = plan.protocol.name
        self.phy: Phy = plan.protocol.phy
        self.dice = Dice(plan.seed)
        self.engine = Engine()
        self.ledger = Ledger(self.engine, self.topology.nodes, recorder)
        self.air = Air(self.engine, self.phy, list(self.topology.links), self.dice, self.ledger)
        self.stations = plan.protocol.stations(self)
        for station in self.stations:
            self.air.attach(station)
        if recorder is not None:
            recorder.describe(self)

    @property
    def measured_us(self) -> int:
        return self.traffic.duration_us

    def go(self, progress=None) -> dict:
        """Run to the end; `progress(share)` is called now and then. Returns the report."""
        began_s = time.perf_counter()
        for station in self.stations:
            station.start()
        for message in self.traffic.messages:
            self.engine.at(message.born_us, self._hand_over, message)
        for step in range(1, _PROGRESS_STEPS + 1):
            self.engine.run_until(self.traffic.duration_us * step // _PROGRESS_STEPS)
            if progress is not None:
                progress(step / _PROGRESS_STEPS)
        return report_of(self, time.perf_counter() - began_s)

    def wanted_by(self, message) -> int:
        """The set of nodes that want a message, as bits; its source is not among them."""
        return self._interested & ~(1 << message.source)

    @cached_property
    def _interested(self) -> int:
        nodes = range(self.topology.nodes)
        if self.plan.interest >= 1:
            return (1 << len(nodes)) - 1
        wanted = max(1, round(self.plan.interest * len(nodes)))
        return sum(1 << node for node in self.dice.stream("interest").sample(nodes, wanted))

    def leaders(self) -> dict:
        """Filled by protocols that elect; the peers elect nobody."""
        return self.plan.protocol.leaders(self)

    def memory_bytes_per_node(self) -> int | None:
        return self.plan.protocol.memory_bytes_per_node(self)

    def _hand_over(self, message):
        self.stations[message.source].originate(message)
