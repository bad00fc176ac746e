"""One run: a topology, traffic and a protocol put together on one air."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.simulator.air import Air
from tools.simulator.attackers import Replayer
from tools.simulator.cell_watch import CellWatch
from tools.simulator.dice import Dice
from tools.simulator.engine import Engine
from tools.simulator.leaders import leadership_of
from tools.simulator.ledger import Ledger
from tools.simulator.member_watch import MemberWatch
from tools.simulator.phy import Phy
from tools.simulator.protocol import Protocol
from tools.simulator.report import report_of
from tools.simulator.station import TICKS_PERIOD_MS, LocalClock
from tools.simulator.topology import Topology
from tools.simulator.traffic import Traffic

CLOCK_DRIFT_PPM = 20.0

_PROGRESS_STEPS = 200


@dataclass(frozen=True)
class Plan:
    """What to run.

    interest: share of the nodes that want a topic, 0..1; every node wants a topic not named.
    warm_up_us: quiet time before the traffic's own clock begins, nodes switched on.
    faults: (instant on the traffic's clock, what to do to the run) in any order.
    """

    topology: Topology
    traffic: Traffic
    protocol: Protocol
    seed: int = 0
    interest: dict[str, float] = field(default_factory=dict)
    warm_up_us: int = 0
    faults: tuple[tuple[int, Callable[["Run"], None]], ...] = ()


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
        self.storage: list[dict] = [{} for _ in range(self.topology.nodes)]
        self.stations = [None] * self.topology.nodes
        self.member_watch = MemberWatch(self.engine, self.topology.nodes)
        self.cell_watch = CellWatch(self.engine, self.topology.nodes)
        self.replayers: dict[int, Replayer] = {}
        self._shared = plan.protocol.shared(self)
        self._clock_dice = self.dice.stream("clocks")
        self._interested: dict[str, int] = {}
        if recorder is not None:
            recorder.describe(self)

    def go(self, progress=None) -> dict:
        """Run to the end; `progress(share)` is called now and then. Returns the report."""
        began_s = time.perf_counter()
        for number in range(self.topology.nodes):
            self._power(number, self._clock_dice.randrange(TICKS_PERIOD_MS))
        for at_us, act in self.plan.faults:
            self.engine.at(at_us + self.plan.warm_up_us, act, self)
        for message in self.traffic.messages:
            self.engine.at(message.born_us, self._hand_over, message)
        for step in range(1, _PROGRESS_STEPS + 1):
            self.engine.run_until(self.traffic.duration_us * step // _PROGRESS_STEPS)
            if progress is not None:
                progress(step / _PROGRESS_STEPS)
        return report_of(self, time.perf_counter() - began_s)

    def switch_on(self, number: int, ticks_ms: int = 0) -> None:
        """Power is back: a new station; its clock shows `ticks_ms` now and drifts."""
        self.ledger.switched_on(number)
        self.member_watch.switched(number, True)
        self.cell_watch.switched(number, True)
        self._power(number, ticks_ms)

    def switch_off(self, number: int) -> None:
        """Power is lost: what the node held in RAM is gone, its storage is kept."""
        if self.stations[number] is not None:
            self.stations[number].stop()
            self.stations[number] = None
            self.air.detach(number)
            self.ledger.switched_off(number)
            self.member_watch.switched(number, False)
            self.cell_watch.switched(number, False)

    def wanted_by(self, message) -> int:
        """The set of nodes that want a message, as bits; its source is not among them."""
        return self._interested_in(message.topic) & ~(1 << message.source)

    def is_interested(self, node: int, topic: str) -> bool:
        """True if this node wants the topic."""
        return bool(self._interested_in(topic) >> node & 1)

    def leaders(self) -> dict:
        """How leadership went; empty when nobody was ever elected."""
        return leadership_of(self.ledger.follows, self.topology.nodes, self.engine.now_us)

    def memory_bytes_per_node(self) -> int | None:
        return self.plan.protocol.memory_bytes_per_node(self)

    def _power(self, number, ticks_ms):
        station = self.plan.protocol.station(number, self, self._shared)
        drift_ppm = self._clock_dice.uniform(-CLOCK_DRIFT_PPM, CLOCK_DRIFT_PPM)
        station.clock = LocalClock.showing(ticks_ms, self.engine.now_us, drift_ppm)
        self.stations[number] = station
        self.air.attach(station)
        station.start()

    def _interested_in(self, topic) -> int:
        if topic not in self._interested:
            self._interested[topic] = self._draw_interest(topic)
        return self._interested[topic]

    def _draw_interest(self, topic) -> int:
        nodes = range(self.topology.nodes)
        share = self.plan.interest.get(topic, 1.0)
        wanted = min(len(nodes), max(1, round(share * len(nodes))))
        chosen = self.dice.stream(f"interest in {topic}").sample(nodes, wanted)
        return sum(1 << node for node in chosen)

    def _hand_over(self, message):
        self.ledger.born(message)
        station = self.stations[message.source]
        if station is not None:
            station.originate(message)
