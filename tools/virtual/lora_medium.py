"""LoRa on the air between the boards: time on air, collisions, half duplex, who hears whom.

A frame is received by a board that listened with the same modem setting since its preamble, and
that no other frame of the same frequency, bandwidth and spreading factor disturbed: it must be
6 dB stronger than each.  A disturbed frame arrives with a bad CRC, or with wrong bytes where its
sender left the CRC out.  Places, cuts and loss are those of ESP-NOW's medium; LoRa may reach
farther.  Pure: the caller brings the time, in seconds.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.simulator.lora import CAPTURE_DB
from tools.virtual import wire
from tools.virtual.links import Links
from tools.virtual.medium import Counts, Medium
from tools.virtual.modem import Modem

_LOCK_SYMBOLS = 5  # of the preamble, that a modem needs to notice it
_LOOK_SYMBOLS = 4
_LOOK_S = 0.001
_RSSI_SPREAD_DB = 2.0
_NOISE_DBM = -117.0
_SNR_LIMITS_DB = (-20.0, 12.0)


@dataclass
class LoRaStation:
    """modem: with which it listens, since an instant, or None.  is_stuck: it never gets done."""

    number: int
    modem: Modem | None = None
    since: float = 0.0
    sending: "_Transmission | None" = None
    is_stuck: bool = False
    counts: Counts = field(default_factory=Counts)


@dataclass
class _Transmission:
    station: LoRaStation
    modem: Modem
    message: bytes
    power_dbm: int
    begins_at: float
    ends_at: float


class LoRaMedium:
    """deliver(number, datagram) hands a board's chip what happened.

    log: (board, begin, end) of each transmission, in seconds.
    """

    def __init__(self, medium: Medium, seed: int, deliver: Callable[[int, bytes], None]):
        self.stations: dict[int, LoRaStation] = {}
        self.log: list[tuple[int, float, float]] = []
        self._medium = medium
        self._dice = random.Random(seed)
        self._deliver = deliver
        self._on_air: list[_Transmission] = []
        self._past: list[_Transmission] = []
        self._due: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = 0

    @property
    def links(self) -> Links:
        """Who hears whom."""
        return self._medium.links.lora

    def station(self, number: int) -> LoRaStation:
        return self.stations.setdefault(number, LoRaStation(number))

    def tune(self, number: int, modem: Modem, is_listening: bool, now: float) -> None:
        """A chip begins to listen, or ends it."""
        station = self.station(number)
        station.modem = modem if is_listening else None
        station.since = now
        self._give_up(station)

    def send(self, number: int, modem: Modem, power_dbm: int, message: bytes, now: float) -> None:
        """A chip transmits; it hears nothing meanwhile."""
        station = self.station(number)
        station.modem = None
        self._give_up(station)
        lasts_s = modem.airtime_s(len(message))
        sending = _Transmission(station, modem, message, power_dbm, now, now + lasts_s)
        station.sending = sending
        self._on_air.append(sending)
        station.counts.frames_out += 1
        station.counts.bytes_out += len(message)
        station.counts.airtime_ms += lasts_s * 1000
        self.log.append((number, now, now + lasts_s))
        head_s = (modem.preamble_symbols + 8) * modem.symbol_s
        self._at(now + min(head_s, lasts_s), lambda at: self._begin(sending))
        self._at(sending.ends_at, lambda at: self._end(sending, at))

    def look(self, number: int, modem: Modem, now: float) -> None:
        """A chip looks for a preamble; the answer follows."""
        self.tune(number, modem, False, now)
        was_busy = self._is_audible(number, modem)
        lasts_s = _LOOK_SYMBOLS * modem.symbol_s + _LOOK_S

        def answer(_at):
            is_busy = was_busy or self._is_audible(number, modem)
            self._deliver(number, wire.lora_seen(is_busy))

        self._at(now + lasts_s, answer)

    def sense(self, number: int, modem: Modem) -> None:
        """A chip asks how much is on its channel."""
        heard_dbm = [
            self.links.rssi_dbm(sending.station.number, number)
            for sending in self._on_air
            if sending.modem.frequency_hz == modem.frequency_hz
        ]
        loudest_dbm = max([_NOISE_DBM, *(dbm for dbm in heard_dbm if dbm is not None)])
        self._deliver(number, wire.lora_sensed(round(loudest_dbm)))

    def switch_off(self, number: int) -> None:
        """Power gone, or a reset: what was on its way ends here."""
        station = self.station(number)
        station.modem = None
        self._give_up(station)

    def next_due_at(self) -> float | None:
        return self._due[0][0] if self._due else None

    def step(self, now: float) -> None:
        """Do all that is due."""
        while self._due and self._due[0][0] <= now:
            at, _, action = heapq.heappop(self._due)
            action(at)

    def _at(self, at, action):
        self._order += 1
        heapq.heappush(self._due, (at, self._order, action))

    def _give_up(self, station):
        if station.sending in self._on_air:
            self._on_air.remove(station.sending)
        station.sending = None

    def _is_audible(self, number, modem):
        return any(
            sending.modem.is_alike(modem)
            and self.links.rssi_dbm(sending.station.number, number) is not None
            for sending in self._on_air
            if sending.station.number != number
        )

    def _begin(self, sending):
        """The header is over: whoever listens knows that a frame comes in."""
        if sending in self._on_air:
            for listener in self._listeners(sending):
                self._deliver(listener.number, wire.lora_begun())

    def _end(self, sending, now):
        if sending not in self._on_air:
            return
        self._on_air.remove(sending)
        self._past = [past for past in self._past if past.ends_at > now - 60] + [sending]
        station = sending.station
        station.sending = None
        for listener in self._listeners(sending):
            self._reach(sending, listener)
        if not station.is_stuck:
            self._deliver(station.number, wire.lora_sent())

    def _listeners(self, sending):
        modem = sending.modem
        lock_s = (modem.preamble_symbols - _LOCK_SYMBOLS) * modem.symbol_s
        for listener in self.stations.values():
            if listener.modem is None or not listener.modem.is_alike(modem):
                continue
            if listener.modem.sync_word != modem.sync_word:
                continue
            if listener.since <= sending.begins_at + lock_s and self._rssi(sending, listener):
                yield listener

    def _rssi(self, sending, listener):
        return self.links.rssi_dbm(sending.station.number, listener.number)

    def _reach(self, sending, listener):
        if self._dice.random() * 100 < self._medium.loss_percent:
            listener.counts.frames_lost += 1
            return
        is_first, is_clear = self._survives(sending, listener)
        if not is_clear and not is_first:
            listener.counts.frames_lost += 1
            return
        message = sending.message
        if not is_clear and not sending.modem.has_crc:
            message = bytes(byte ^ 0x55 for byte in message)
        rssi_dbm = self._dice.gauss(self._rssi(sending, listener), _RSSI_SPREAD_DB)
        least_db, most_db = _SNR_LIMITS_DB
        snr_db = min(most_db, max(least_db, rssi_dbm - _NOISE_DBM))
        listener.counts.frames_in += is_clear
        listener.counts.frames_lost += not is_clear
        is_bad = not is_clear and bool(sending.modem.has_crc)
        rssi_dbm = max(-128, min(-1, round(rssi_dbm)))
        self._deliver(
            listener.number, wire.lora_frame(message, is_bad, rssi_dbm, round(4 * snr_db))
        )

    def _survives(self, sending, listener):
        """(it began before all that disturbed it, nothing did disturb it)."""
        own_dbm = self._rssi(sending, listener)
        is_first = is_clear = True
        for other in (*self._on_air, *self._past):
            if other is sending or not other.modem.is_alike(sending.modem):
                continue
            if other.ends_at <= sending.begins_at or other.begins_at >= sending.ends_at:
                continue
            other_dbm = self._rssi(other, listener)
            if other_dbm is not None and own_dbm - other_dbm < CAPTURE_DB:
                is_clear = False
                is_first = is_first and sending.begins_at < other.begins_at
        return is_first, is_clear
