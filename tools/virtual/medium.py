"""The shared channel: whose turn it is, how long a frame takes, who gets it.

A board waits until no board that it hears is sending, then for a random number of slots, then
its frame takes its time on air.  At the end each listener draws for loss by itself.  Frames never
collide (that is the simulator's business).  Pure: the caller brings the time, in seconds.

Figures: IEEE 802.11b at 1 Mb/s with the long preamble; 43 bytes go around an ESP-NOW message.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.virtual import wire
from tools.virtual.links import Links

_PREAMBLE_US = 192
_OVERHEAD_BYTES = 43
_US_PER_BYTE = 8
_DIFS_US = 50
_SLOT_US = 20
_SLOTS = 32
_RSSI_SPREAD_DB = 2.0
_MOST_QUEUED = 64  # a board that keeps to its own limit of 32 never gets here

_IS_ON = wire.IS_STA_ON | wire.IS_AP_ON


def airtime_s(message_bytes: int) -> float:
    """How long a message of that many bytes occupies the channel."""
    return (_PREAMBLE_US + _US_PER_BYTE * (_OVERHEAD_BYTES + message_bytes)) / 1e6


@dataclass
class Counts:
    """What a board did on the air since the fleet began."""

    frames_out: int = 0
    bytes_out: int = 0
    airtime_ms: float = 0.0
    frames_in: int = 0
    frames_lost: int = 0


@dataclass
class Station:
    """The radio of one board, as the air sees it.  sent, failed: since its program started."""

    number: int
    flags: int = 0
    channel: int = 1
    mac: bytes = b""
    is_wedged: bool = False
    does_radio_restart_unwedge: bool = False
    sent: int = 0
    failed: int = 0
    is_busy: bool = False
    queue: deque[tuple[bytes, bytes]] = field(default_factory=deque)
    counts: Counts = field(default_factory=Counts)

    def switch_off(self) -> None:
        """Power gone, or a hard reset."""
        self.flags, self.channel, self.mac, self.is_wedged = 0, 1, b"", False
        self.queue.clear()


@dataclass
class _Transmission:
    station: Station
    channel: int
    ends_at: float


class Medium:
    """The channel and the boards on it.

    deliver(station, record) hands a frame to a board; finished(station) says that its counts of
    sent frames changed.
    """

    def __init__(
        self,
        links: Links,
        seed: int,
        deliver: Callable[[Station, bytes], None],
        finished: Callable[[Station], None],
    ):
        self.links = links
        self.loss_percent = 0.0
        self.delay_ms = 0.0
        self.jitter_ms = 0.0
        self.stations: dict[int, Station] = {}
        self._dice = random.Random(seed)
        self._deliver = deliver
        self._finished = finished
        self._on_air: list[_Transmission] = []
        self._due: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = 0

    def station(self, number: int) -> Station:
        return self.stations.setdefault(number, Station(number))

    def send(self, station: Station, destination: bytes, message: bytes, now: float) -> None:
        """Take a frame from a board."""
        if not station.flags & _IS_ON or station.is_wedged or len(station.queue) >= _MOST_QUEUED:
            return
        station.queue.append((destination, message))
        if not station.is_busy:
            station.is_busy = True
            self._contend(station, now)

    def next_due_at(self) -> float | None:
        """When `step` has to be called next."""
        return self._due[0][0] if self._due else None

    def step(self, now: float) -> None:
        """Do all that is due."""
        while self._due and self._due[0][0] <= now:
            at, _, action = heapq.heappop(self._due)
            action(at)

    def _at(self, at: float, action: Callable[[float], None]) -> None:
        self._order += 1
        heapq.heappush(self._due, (at, self._order, action))

    def _contend(self, station: Station, at: float) -> None:
        backoff_us = _DIFS_US + _SLOT_US * self._dice.randrange(_SLOTS)
        self._at(at + backoff_us / 1e6, lambda now: self._try(station, now))

    def _try(self, station: Station, now: float) -> None:
        if not station.queue:
            station.is_busy = False
            return
        busy_until = self._busy_until(station)
        if busy_until > now:
            self._contend(station, busy_until)
            return
        destination, message = station.queue.popleft()
        lasts_s = airtime_s(len(message))
        sending = _Transmission(station, station.channel, now + lasts_s)
        self._on_air.append(sending)
        station.counts.frames_out += 1
        station.counts.bytes_out += len(message)
        station.counts.airtime_ms += lasts_s * 1000
        self._at(sending.ends_at, lambda at: self._end(sending, destination, message, at))

    def _busy_until(self, station: Station) -> float:
        return max(
            (
                sending.ends_at
                for sending in self._on_air
                if sending.channel == station.channel
                and self.links.rssi_dbm(sending.station.number, station.number) is not None
            ),
            default=0.0,
        )

    def _end(self, sending: _Transmission, destination: bytes, message: bytes, now: float) -> None:
        self._on_air.remove(sending)
        station = sending.station
        if station.flags & _IS_ON:
            is_for_all = destination[0] & 1
            is_answered = self._spread(sending, destination, message, now) or is_for_all
            station.sent += 1
            station.failed += not is_answered
            self._finished(station)
        self._contend(station, now)

    def _spread(
        self, sending: _Transmission, destination: bytes, message: bytes, now: float
    ) -> bool:
        """Returns whether the board that was addressed acknowledged."""
        is_answered = False
        talker = sending.station
        for listener in self.stations.values():
            if listener is talker or listener.channel != sending.channel:
                continue
            if not listener.flags & _IS_ON or not _is_for(listener, destination):
                continue
            if self._reaches(talker, listener, message, now):
                back_dbm = self.links.rssi_dbm(listener.number, talker.number)
                is_answered = is_answered or back_dbm is not None
        return is_answered

    def _reaches(self, talker: Station, listener: Station, message: bytes, now: float) -> bool:
        rssi_dbm = self.links.rssi_dbm(talker.number, listener.number)
        if rssi_dbm is None:
            return False
        if self._dice.random() * 100 < self.loss_percent:
            listener.counts.frames_lost += 1
            return False
        if listener.flags & wire.IS_ESPNOW_ON:
            rssi_dbm = min(-1, round(self._dice.gauss(rssi_dbm, _RSSI_SPREAD_DB)))
            late_ms = self.delay_ms + self._dice.random() * self.jitter_ms
            mac = talker.mac
            self._at(
                now + late_ms / 1000, lambda at: self._arrive(listener, message, rssi_dbm, mac, at)
            )
        return True

    def _arrive(self, listener: Station, message: bytes, rssi_dbm: int, mac: bytes, at: float):
        if listener.flags & wire.IS_ESPNOW_ON:
            listener.counts.frames_in += 1
            self._deliver(listener, wire.frame_record(message, int(at * 1000), rssi_dbm, mac))


def _is_for(listener: Station, destination: bytes) -> bool:
    return bool(destination[0] & 1) or destination == listener.mac
