"""A bound: somebody who sees every link and every frame says who sends what, and when.

For each source a small connected set of relays is worked out with the whole topology in view
(greedy, then pruned). A relay's frame starts only when it would neither spoil nor be spoilt at any
node that counts on it, so no frame is lost and none is sent for nothing. Nobody can build this.
"""

from dataclasses import dataclass

from tools.simulator.frame import Frame, Message
from tools.simulator.lora import lora_phy
from tools.simulator.peers.queued import first_frame
from tools.simulator.protocol import Protocol
from tools.simulator.reachability import members, relays_for
from tools.simulator.station import Station

HEADER_BYTES = 16


@dataclass(slots=True)
class _Order:
    """One sending that is due. `pupils`: the nodes that get the message from this sender."""

    sender: int
    frame: Frame
    pupils: list[int]
    end_us: int = 0


class Conductor:
    """Knows all; lets each order start as soon as it harms nobody."""

    def __init__(self, run):
        self._run = run
        self._hears = run.topology.decodable(run.phy.sensitivity_dbm)
        self._plans: dict[int, dict[int, list[int]]] = {}
        self._waiting: list[_Order] = []
        self._on_air: list[_Order] = []

    def ask(self, sender: int, message: Message) -> None:
        """A node has a message: let it send, if the plan says that it should."""
        pupils = self._plan(message.source).get(sender)
        if pupils is not None:
            frame = first_frame(message, HEADER_BYTES, None)
            self._waiting.append(_Order(sender, frame, pupils))
            self.look()

    def look(self) -> None:
        """Start all orders that can start, the oldest message first."""
        now_us = self._run.engine.now_us
        self._on_air = [order for order in self._on_air if order.end_us > now_us]
        self._waiting.sort(key=lambda order: order.frame.message.number)
        waiting, self._waiting = self._waiting, []
        for order in waiting:
            if self._run.stations[order.sender] is None:
                continue
            if self._can_start(order):
                self._start(order)
            else:
                self._waiting.append(order)

    def _start(self, order):
        order.end_us = self._run.air.transmit(order.sender, order.frame).end_us
        self._on_air.append(order)
        self._run.engine.at(order.end_us, self.look)

    def _can_start(self, order):
        return all(
            order.sender not in (other.sender, *other.pupils)
            and other.sender not in order.pupils
            and self._is_clear(order, other)
            and self._is_clear(other, order)
            for other in self._on_air
        )

    def _is_clear(self, order, other):
        """True when no pupil of `order` would lose its frame to `other`."""
        wanted_dbm = self._run.topology.links[order.sender]
        harm_dbm = self._run.topology.links[other.sender]
        return all(
            not self._hears[other.sender] >> pupil & 1
            or wanted_dbm[pupil] - harm_dbm[pupil] >= self._run.phy.capture_db
            for pupil in order.pupils
        )

    def _plan(self, source):
        """For each sender of a source's messages, the nodes that count on it."""
        if source not in self._plans:
            plan, reached = {}, 1 << source
            for sender in (source, *relays_for(self._hears, source)):
                plan[sender] = members(self._hears[sender] & ~reached)
                reached |= self._hears[sender]
            self._plans[source] = plan
        return self._plans[source]


class OracleStation(Station):
    def __init__(self, number: int, run, conductor: Conductor):
        super().__init__(number, run)
        self._conductor = conductor

    def originate(self, message: Message) -> None:
        self._conductor.ask(self.number, message)

    def hear(self, frame: Frame, rssi_dbm: float, snr_db: float) -> None:
        if self.run.ledger.delivered(frame.message, self.number):
            self._conductor.ask(self.number, frame.message)


class Oracle(Protocol):
    def __init__(self):
        super().__init__("oracle", lora_phy())

    def shared(self, run) -> Conductor:
        return Conductor(run)

    def station(self, number: int, run, shared: Conductor) -> OracleStation:
        return OracleStation(number, run, shared)
