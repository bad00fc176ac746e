"""Payloads on a modelled air: how long they take, and what they cost, over hops and loss."""

from dataclasses import dataclass

from skein import event as e
from skein import frame as f
from skein.fragment import PAYLOAD_MAX, head_of
from skein.turns import NORMAL
from tools.simulator.espnow import rssi_dbm
from tools.simulator.frame import Frame
from tools.simulator.mac import EspNowMac
from tools.simulator.network import Plan, Run
from tools.simulator.placement import HEIGHT_M
from tools.simulator.skein_station import Skein, SkeinStation
from tools.simulator.topology import Topology, topology_of
from tools.simulator.traffic import Traffic

WARM_UP_S = 150  # all wishes are known

_US = 1_000_000
_LIFE_S = 120
_STEP_M = 80.0  # each node of a line hears the next one and no other
_TABLES = {"neighbours": 16, "origins": 32, "interests": 48, "queue_slots": 24, "sends": 1}
_OF_SENDS = (f.CARRIED, f.RECEIPT)


@dataclass(frozen=True)
class Case:
    """A line of so many hops, from one end to the other or to all, and loss on every link."""

    hops: int
    is_to_all: bool
    loss_percent: int


class SendStation(SkeinStation):
    """A node that may send, and notes when it has received."""

    def __init__(self, number: int, run):
        super().__init__(number, run, EspNowMac(number, run, capacity=1), _TABLES)
        self.sends = self.node.diffusion.assurances[e.PLAIN]
        self.bytes = self.frames = 0
        self.got_at_us = 0
        self.receipt = None
        self.settled_at_us = 0

    def sent(self, frame: Frame) -> None:
        kind = f.kind_of(frame.content)
        if kind in _OF_SENDS or kind == f.EVENT:
            self.bytes += len(frame.content)
            self.frames += 1
        super().sent(frame)

    def send(self, payload: bytes, to) -> None:
        text = (head_of("", payload), payload)
        self.receipt = self.sends.send(text, to, NORMAL, _LIFE_S, self._now())
        self._turn()

    def _deliver(self) -> None:
        super()._deliver()
        whole = self.sends.next_whole()
        if whole and not self.got_at_us:
            self.got_at_us = self.engine.now_us
        if self.receipt and self.receipt.state and not self.settled_at_us:
            self.settled_at_us = self.engine.now_us


class Senders(Skein):
    """The firmware on ESP-NOW with `sends` in its settings."""

    def __init__(self):
        super().__init__(None)
        self.warm_up_us = WARM_UP_S * _US

    def station(self, number: int, run, shared: None) -> SendStation:
        return SendStation(number, run)


def line(hops: int, weakest_dbm: float) -> Topology:
    positions = [(number * _STEP_M, 0.0, HEIGHT_M) for number in range(hops + 1)]
    return topology_of(positions, rssi_dbm, weakest_dbm)


def figures_of(case: Case, seed: int) -> dict:
    """One payload of 4 KB: seconds until all had it, until its source knew, and what was sent."""
    protocol = Senders()
    payload = bytes(at * 7 & 0xFF for at in range(PAYLOAD_MAX))

    def send(run) -> None:
        run.air.conditions.lose(case.loss_percent / 100)
        to = None if case.is_to_all else [run.stations[case.hops].node.id]
        for station in run.stations:
            station.bytes = station.frames = 0
        run.stations[0].send(payload, to)

    faults = ((0, send),)
    places = line(case.hops, protocol.phy.sense_dbm)
    traffic = Traffic("sends", (), _LIFE_S * _US)
    run = Run(Plan(places, traffic, protocol, seed, {}, protocol.warm_up_us, faults))
    run.go()
    began_us = WARM_UP_S * _US
    receivers = run.stations[1:] if case.is_to_all else run.stations[-1:]
    times = [station.got_at_us - began_us for station in receivers if station.got_at_us]
    settled_us = run.stations[0].settled_at_us - began_us
    return {
        "share": len(times) / len(receivers),
        "seconds": max(times, default=0) / _US,
        "settled": settled_us / _US if settled_us > 0 else None,
        "frames": sum(station.frames for station in run.stations),
        "bytes": sum(station.bytes for station in run.stations),
    }
