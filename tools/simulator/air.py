"""The channel: who hears which frame, what collides, who finds the channel busy.

Rules (the reference's, stated as facts): a node that transmits hears nothing, and a frame that
starts meanwhile is missed whole. Two frames that a receiver could both decode and that overlap
harm each other: less than `capture_db` apart both are lost, else the weaker is.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tools.simulator.conditions import Conditions
from tools.simulator.frame import Frame
from tools.simulator.phy import Phy

_NEVER_US = -1


class Reception:
    """One frame at one receiver. `fault` is None while nothing spoils it."""

    __slots__ = ("fault", "is_decodable", "receiver", "rssi_dbm", "transmission")

    def __init__(self, receiver, rssi_dbm, is_decodable, transmission):
        self.receiver = receiver
        self.rssi_dbm = rssi_dbm
        self.is_decodable = is_decodable
        self.transmission = transmission
        self.fault = None


@dataclass(slots=True)
class Transmission:
    """One frame on the air, and what becomes of it at each node that senses it."""

    sender: int
    station: object
    frame: Frame
    start_us: int
    end_us: int
    is_foreign: bool = False
    receptions: list[Reception] = field(default_factory=list)


class Air:
    """The channel that all stations of a run share.

    links: per sender a dict {receiver: rssi_dbm}; whatever is below `phy.sense_dbm` is ignored.
    watcher: has `transmitted(transmission)` and `received(transmission, reception)`.
    """

    def __init__(self, engine, phy: Phy, links: list[dict[int, float]], dice, watcher):
        self.engine = engine
        self.phy = phy
        self.conditions = Conditions(len(links), dice, self._reach_changed)
        self.used_us = [0] * len(links)  # airtime of the node itself and of what it could decode
        self.links = links
        self._watcher = watcher
        self._stations = [None] * len(links)
        self._sensed = [[] for _ in links]
        self._sending = [False] * len(links)
        self._busy_frames = [0] * len(links)
        self._busy_since_us = [_NEVER_US] * len(links)
        self._busy_us = [0] * len(links)
        self._taps: dict[int, list[Callable[[Frame], None]]] = {}
        self._outside = dice.stream("outside interference")
        self._reach_changed()

    def attach(self, station) -> None:
        """Put a station on the air under its number."""
        self._stations[station.number] = station

    def detach(self, number: int) -> None:
        """Take a station off the air; what it is sending ends unheard by it."""
        self._stations[number] = None

    def tap(self, number: int, listen: Callable[[Frame], None]) -> None:
        """Have `listen(frame)` called for each frame that a node receives whole."""
        self._taps.setdefault(number, []).append(listen)

    def is_sending(self, number: int) -> bool:
        return self._sending[number]

    def is_busy(self, number: int) -> bool:
        """One look at the channel by a node: True when it must not send now.

        Busy: it sends, it decodes a frame that began before this instant, it senses one that
        began at least `sense_delay_us` ago, or the outside interferes.
        """
        if self._sending[number] or self.conditions.is_jammed[number]:
            return True
        now_us = self.engine.now_us
        sensed_before_us = now_us - self.phy.sense_delay_us
        for reception in self._sensed[number]:
            start_us = reception.transmission.start_us
            if start_us <= sensed_before_us:
                return True
            if reception.is_decodable and reception.fault is None and start_us < now_us:
                return True
        share = self.phy.outside_busy_share
        return share > 0 and self._outside.random() < share

    def busy_until_us(self, number: int) -> int:
        """The end of the last frame that the node senses now, or now."""
        ends_us = [reception.transmission.end_us for reception in self._sensed[number]]
        return max(ends_us, default=self.engine.now_us)

    def busy_us(self, number: int) -> int:
        """For how long a frame has been on the air at this node, its own included."""
        since_us = self._busy_since_us[number]
        open_us = self.engine.now_us - since_us if self._busy_frames[number] else 0
        return self._busy_us[number] + open_us

    def jam(self, nodes, is_jammed: bool = True) -> None:
        """Drown everything at these nodes from now on, what they are hearing too; or stop it."""
        for node in nodes:
            self.conditions.is_jammed[node] = is_jammed
            for reception in self._sensed[node]:
                reception.fault = reception.fault or "jammed"

    def transmit(self, sender: int, frame: Frame, airtime_us: int | None = None) -> Transmission:
        """Send a frame now, whatever is on the air. `airtime_us`: other than the radio's own."""
        if airtime_us is None:
            airtime_us = self.phy.airtime_us(frame.length_bytes)
        start_us = self.engine.now_us
        transmission = Transmission(
            sender, self._stations[sender], frame, start_us, start_us + airtime_us
        )
        self._put_on_air(transmission)
        return transmission

    def inject(self, sender: int, frame: Frame) -> None:
        """Send a frame from where a node stands, behind the back of its protocol.

        It has the address of that node's radio, if it has no forged one.
        """
        if frame.address is None:
            frame = replace(frame, address=sender)
        start_us = self.engine.now_us
        end_us = start_us + self.phy.airtime_us(frame.length_bytes)
        self._put_on_air(Transmission(sender, None, frame, start_us, end_us, is_foreign=True))

    def _put_on_air(self, transmission):
        sender = transmission.sender
        self._sending[sender] = True
        self._occupy(sender)
        for reception in self._sensed[sender]:
            reception.fault = reception.fault or "sending"
        for receiver, rssi_dbm, is_decodable in self._reach[sender]:
            reception = Reception(receiver, rssi_dbm, is_decodable, transmission)
            transmission.receptions.append(reception)
            self._begin(reception)
        self.used_us[sender] += transmission.end_us - transmission.start_us
        self._watcher.transmitted(transmission)
        self.engine.at(transmission.end_us, self._finish, transmission)

    def _begin(self, reception):
        receiver = reception.receiver
        sensed = self._sensed[receiver]
        if self._sending[receiver]:
            reception.fault = "sending"
        if self.conditions.is_jammed[receiver]:
            reception.fault = reception.fault or "jammed"
        if sensed and reception.is_decodable:
            self._collide(reception, sensed)
        sensed.append(reception)
        self._occupy(receiver)

    def _collide(self, newcomer, sensed):
        begins_harmless_us = self.engine.now_us + self.phy.overlap_slack_us
        capture_db = self.phy.capture_db
        for other in sensed:
            if not other.is_decodable or other.transmission.end_us <= begins_harmless_us:
                continue
            stronger_by_db = newcomer.rssi_dbm - other.rssi_dbm
            if capture_db is None or stronger_by_db < capture_db:
                newcomer.fault = newcomer.fault or "collision"
            if capture_db is None or stronger_by_db > -capture_db:
                other.fault = other.fault or "collision"

    def _finish(self, transmission):
        sender = transmission.sender
        self._sending[sender] = False
        self._release(sender)
        for reception in transmission.receptions:
            self._sensed[reception.receiver].remove(reception)
            self._release(reception.receiver)
        for reception in transmission.receptions:
            if reception.is_decodable:
                self._hand_over(transmission, reception)
        if transmission.station is not None and self._stations[sender] is transmission.station:
            transmission.station.sent(transmission.frame)

    def _hand_over(self, transmission, reception):
        receiver = reception.receiver
        station = self._stations[receiver]
        if station is None:
            reception.fault = "off"
        elif transmission.frame.is_garbage and not station.hears_garbage:
            reception.fault = reception.fault or "garbage"
        if reception.fault is None and self.conditions.is_lost(transmission.sender, receiver):
            reception.fault = "loss"
        if reception.fault != "sending":
            self.used_us[receiver] += transmission.end_us - transmission.start_us
        self._watcher.received(transmission, reception)
        if reception.fault is None:
            for tap in self._taps.get(receiver, ()):
                tap(transmission.frame)
            snr_db = reception.rssi_dbm - self.phy.noise_dbm
            station.hear(transmission.frame, reception.rssi_dbm, snr_db)

    def _occupy(self, number):
        if self._busy_frames[number] == 0:
            self._busy_since_us[number] = self.engine.now_us
        self._busy_frames[number] += 1

    def _release(self, number):
        self._busy_frames[number] -= 1
        if self._busy_frames[number] == 0:
            self._busy_us[number] += self.engine.now_us - self._busy_since_us[number]

    def _reach_changed(self):
        """Draw up anew who senses whom; frames already on the air keep what they had."""
        phy = self.phy
        self._reach = [
            [
                (receiver, rssi_dbm, rssi_dbm >= phy.sensitivity_dbm)
                for receiver, rssi_dbm in heard_by.items()
                if rssi_dbm >= phy.sense_dbm and self.conditions.is_open(sender, receiver)
            ]
            for sender, heard_by in enumerate(self.links)
        ]
