"""A bound: somebody who sees every link and every frame says who sends what, and when.

For each source a small connected set of relays is worked out with the whole topology in view
(greedy, then pruned). A relay's frame starts only when it would neither spoil nor be spoilt at any
node that counts on it, so no frame is lost and none is sent for nothing. Nobody can build this.
"""

from collections import deque
from dataclasses import dataclass

from tools.simulator.frame import Frame, Message
from tools.simulator.lora import LONG_FAST, Preset, lora_phy
from tools.simulator.peers.queued import first_frame
from tools.simulator.protocol import Protocol
from tools.simulator.reachability import members, relays_for
from tools.simulator.station import Station

HEADER_BYTES = 16


@dataclass(slots=True)
class _Order:
    """One sending that is due. `pupils`: the set of nodes that count on this sender for it."""

    sender: int
    frame: Frame
    pupils: int
    end_us: int = 0


class Conductor:
    """Knows all; of each node's orders the oldest starts as soon as it harms nobody."""

    def __init__(self, run):
        self._run = run
        self._hears = run.topology.decodable(run.phy.sensitivity_dbm)
        self._plans: dict[int, dict[int, int]] = {}
        self._lost: dict[tuple[int, int], int] = {}
        self._waiting = [deque() for _ in self._hears]
        self._on_air: list[_Order] = []

    def ask(self, sender: int, message: Message) -> None:
        """A node has a message: let it send, if the plan says that it should."""
        pupils = self._plan(message.source).get(sender)
        if pupils is not None:
            frame = first_frame(message, HEADER_BYTES, None)
            self._waiting[sender].append(_Order(sender, frame, pupils))
            self._look_soon()

    def _look_soon(self):
        """Look after all else of this instant: other frames may end in it too."""
        self._run.engine.after(0, self._look)

    def _look(self):
        """Start all orders that can start, the oldest message first."""
        now_us = self._run.engine.now_us
        self._on_air = [order for order in self._on_air if order.end_us > now_us]
        first = [queue[0] for queue in self._waiting if queue]
        for order in sorted(first, key=lambda order: order.frame.message.number):
            if self._run.stations[order.sender] is None:
                self._waiting[order.sender].clear()
            elif self._can_start(order):
                self._start(order)

    def _start(self, order):
        self._waiting[order.sender].popleft()
        order.end_us = self._run.air.transmit(order.sender, order.frame).end_us
        self._on_air.append(order)
        self._run.engine.at(order.end_us, self._look_soon)

    def _can_start(self, order):
        sender, pupils = order.sender, order.pupils
        for other in self._on_air:
            if sender == other.sender or other.pupils >> sender & 1 or pupils >> other.sender & 1:
                return False
            if pupils & self._lost_to(sender, other.sender):
                return False
            if other.pupils & self._lost_to(other.sender, sender):
                return False
        return True

    def _lost_to(self, sender, other):
        """The set of nodes at which a frame of `sender` would be lost to one of `other`."""
        pair = (sender, other)
        if pair not in self._lost:
            wanted_dbm = self._run.topology.links[sender]
            harm_dbm = self._run.topology.links[other]
            self._lost[pair] = sum(
                1 << node
                for node in members(self._hears[sender] & self._hears[other])
                if wanted_dbm[node] - harm_dbm[node] < self._run.phy.capture_db
            )
        return self._lost[pair]

    def _plan(self, source):
        """For each sender of a source's messages, the nodes that count on it."""
        if source not in self._plans:
            plan, reached = {}, 1 << source
            for sender in (source, *relays_for(self._hears, source)):
                plan[sender] = self._hears[sender] & ~reached
                reached |= self._hears[sender]
            self._plans[source] = plan
        return self._plans[source]


class OracleStation(Station):
    hears_garbage = False

    def __init__(self, number: int, run, conductor: Conductor):
        super().__init__(number, run)
        self._conductor = conductor

    def originate(self, message: Message) -> None:
        self._conductor.ask(self.number, message)

    def hear(self, frame: Frame, rssi_dbm: float, snr_db: float) -> None:
        if self.run.ledger.delivered(frame.message, self.number):
            self._conductor.ask(self.number, frame.message)


class Oracle(Protocol):
    def __init__(self, preset: Preset = LONG_FAST):
        super().__init__("oracle", lora_phy(preset))

    def shared(self, run) -> Conductor:
        return Conductor(run)

    def station(self, number: int, run, shared: Conductor) -> OracleStation:
        return OracleStation(number, run, shared)
