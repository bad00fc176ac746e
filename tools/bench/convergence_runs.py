"""The runs of the part `convergence`: events and writes in a mesh, and when all nodes hold them.

The firmware's own Node on ESP-NOW. First nothing is said but what nodes say of themselves; then
events are emitted one by one, then values of the shared state are written one by one.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from skein import frame as f
from tools.simulator.dice import Dice
from tools.simulator.espnow import airtime_us
from tools.simulator.frame import Message
from tools.simulator.mac import EspNowMac
from tools.simulator.network import Plan, Run
from tools.simulator.placement import Scatter, espnow_topology, line, random_espnow
from tools.simulator.reachability import hops_from
from tools.simulator.skein_station import Skein, SkeinStation, capacities
from tools.simulator.traffic import PAYLOAD_BYTES, Traffic

LINE, FIELD = "line", "field"
STATE_ROWS = 8
EVENTS = 20
WRITES = 5
_US = 1_000_000
_QUIET_S = (60, 120)  # when nothing is said; the state's first digests are over
_EVENT_GAP_S = 2
_WRITES_S = 180
_WRITE_GAP_S = 30
_END_S = _WRITES_S + WRITES * _WRITE_GAP_S
_SPACING_M = 80.0  # of 100 m of range
_METRES_A_NODE = 47.4  # the side of its share of a field: about 14 others in range
_NAME = b"value"


@dataclass(frozen=True)
class Case:
    """shape: LINE or FIELD.  loss_percent: of the frames on every link."""

    shape: str
    nodes: int
    loss_percent: int


@dataclass
class Tally:
    """What was sent, and what was met when: by event or write, node: (microseconds, hops)."""

    sent: Counter[str] = field(default_factory=Counter)
    events: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    writes: dict[int, dict[int, int]] = field(default_factory=dict)
    written_at: list[int] = field(default_factory=list)
    notes: list[Counter[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Converged:
    """Of one run.  Times in ms; of an event or a write that did not reach all there is None.

    first_ms: at the neighbours of the source.  event_ms, state_ms: until the last node.
    hops: of the farthest node that an event met.  sent_bytes: on the air for an event or a write,
    headers included.  quiet_percent: of the channel where nothing is said.
    """

    diameter: int
    reach_percent: float
    first_ms: list[float]
    event_ms: list[float | None]
    hops: int
    event_bytes: float
    state_ms: list[float | None]
    state_bytes: float
    quiet_percent: float


class CountingMac(EspNowMac):
    """Counts bytes by what they are for."""

    def __init__(self, number: int, run, tally: Tally):
        super().__init__(number, run, capacity=1)
        self._tally = tally

    def send(self, frame) -> None:
        kind = f.kind_of(frame.content)
        self._tally.sent[{f.EVENT: "event", f.STATE: "state"}.get(kind, "other")] += len(
            frame.content
        )
        self._tally.sent["airtime_us"] += airtime_us(len(frame.content))
        super().send(frame)


class ConvergingStation(SkeinStation):
    """Notes when an event and when a value of the state comes."""

    def __init__(self, number: int, run, mac, tally: Tally):
        settings = {**capacities(run.topology.nodes), "state": STATE_ROWS}
        super().__init__(number, run, mac, settings)
        self._tally = tally
        self._seen = 0

    def write(self, number: int) -> None:
        """Write the number as the value of the state that all watch."""
        self._tally.writes[number] = {}
        self.node.replica.set(_NAME, bytes((number,)), self._now())
        self._turn()

    def _deliver(self) -> None:
        event = self.node.next_event()
        while event:
            number = int.from_bytes(event.payload[:4], "little")
            met = self._tally.events.setdefault(number, {})
            met[self.number] = (self.engine.now_us, event.hops + 1)
            event = self.node.next_event()
        if self.node.replica.changes != self._seen:
            self._seen = self.node.replica.changes
            value = self.node.replica.get(_NAME)
            self._tally.writes[value[0]].setdefault(self.number, self.engine.now_us)


class Converging(Skein):
    """The firmware on ESP-NOW with a table of shared state."""

    def __init__(self):
        super().__init__(None)
        self.tally = Tally()

    def station(self, number: int, run, shared: None) -> ConvergingStation:
        return ConvergingStation(number, run, CountingMac(number, run, self.tally), self.tally)


def converged(case: Case, seed: int) -> Converged:
    """One run of the case."""
    protocol = Converging()
    faults = [(0, lambda run: run.air.conditions.lose(case.loss_percent / 100))]
    faults += [(at_s * _US, _note) for at_s in (*_QUIET_S, _WRITES_S, _END_S - 1)]
    for number in range(WRITES):
        at_s = _WRITES_S + 1 + number * _WRITE_GAP_S
        writer = number * case.nodes // WRITES
        faults.append((at_s * _US, partial(_write, writer, number)))
    topology = _topology(case, protocol.phy, seed)
    traffic = _traffic(case.nodes)
    run = Run(Plan(topology, traffic, protocol, seed, {}, protocol.warm_up_us, tuple(faults)))
    run.go()
    return _figures(run, protocol.tally)


def _topology(case, phy, seed):
    if case.shape == LINE:
        return espnow_topology(line(case.nodes, _SPACING_M), phy)
    side_m = _METRES_A_NODE * case.nodes**0.5
    scatter = Scatter(case.nodes, (side_m, side_m), is_promised=True)
    return random_espnow(scatter, Dice(seed), phy)


def _traffic(nodes) -> Traffic:
    """Sources all over the mesh, the first and the last node among them."""
    messages = [
        Message(
            number,
            number * (nodes - 1) // (EVENTS - 1),
            (_QUIET_S[1] + number * _EVENT_GAP_S) * _US,
            PAYLOAD_BYTES,
        )
        for number in range(EVENTS)
    ]
    return Traffic("one by one", tuple(messages), _END_S * _US)


def _note(run):
    tally = run.plan.protocol.tally
    tally.notes.append(tally.sent.copy())


def _write(writer, number, run):
    run.plan.protocol.tally.written_at.append(run.engine.now_us)
    run.stations[writer].write(number)


def _figures(run, tally) -> Converged:
    nodes = run.topology.nodes
    hears = run.topology.decodable(run.phy.sensitivity_dbm)
    distances = [hops_from(hears, source) for source in range(nodes)]
    before, quiet, events, writes = tally.notes
    first_ms, event_ms = [], []
    for message in run.traffic.messages:
        met = tally.events.get(message.number, {})
        delays_ms = {node: (at_us - message.born_us) / 1000 for node, (at_us, _) in met.items()}
        hops = distances[message.source]
        first_ms += [delay_ms for node, delay_ms in delays_ms.items() if hops[node] == 1]
        event_ms.append(max(delays_ms.values()) if len(met) == nodes - 1 else None)
    quiet_us = (_QUIET_S[1] - _QUIET_S[0]) * _US
    return Converged(
        diameter=max(map(max, distances)),
        reach_percent=100 * sum(map(len, tally.events.values())) / (EVENTS * (nodes - 1)),
        first_ms=first_ms,
        event_ms=event_ms,
        hops=max((hops for met in tally.events.values() for _, hops in met.values()), default=0),
        event_bytes=(events["event"] - quiet["event"]) / EVENTS,
        state_ms=[
            (max(met.values()) - born_us) / 1000 if len(met) == nodes else None
            for born_us, met in zip(tally.written_at, tally.writes.values(), strict=True)
        ],
        state_bytes=(writes["state"] - events["state"]) / WRITES,
        quiet_percent=100 * (quiet["airtime_us"] - before["airtime_us"]) / quiet_us / nodes,
    )
