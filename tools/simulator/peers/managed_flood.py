"""Managed flooding as Meshtastic does it: weak signals relay first, hearing a relay cancels.

A message counts as answered, so that its source stops resending, when the source hears a copy of
it or when *any* node that took it up to relay hears another copy. The second half no radio could
know; it is how the reference's program keeps its book, and without it there are 5 % more frames
than it measured.

Source: the constants and rules of Meshtastic's simulator as published (`STOCK`) and of its
firmware 2.8 (`FIRMWARE_28`, 3 hops; `FIRMWARE_28_FAR`, 7 hops).
"""

from dataclasses import dataclass, replace

from tools.simulator.frame import Frame, Message
from tools.simulator.lora import LONG_FAST, Preset, airtime_us, lora_phy
from tools.simulator.peers.queued import QueuedStation, first_frame
from tools.simulator.protocol import Protocol

HEADER_BYTES = 16

_SNR_BOTTOM_DB = -20.0
_PROCESSING_US = 4_500_000


@dataclass(frozen=True)
class FloodRules:
    """coding_rate: `stock` counts 4/9, coded 5.  cad_symbols: what a slot is made of.

    window_least, window_most: exponents of the contention window.
    relay_wait_slots: what a relay waits beside its draw; resend_wait_slots: likewise a resend.
    snr_top_db: at this signal and above a relay draws from the widest window.
    """

    hop_limit: int
    coding_rate: int
    cad_symbols: float
    window_least: int
    window_most: int
    relay_wait_slots: int
    resend_wait_slots: int
    snr_top_db: float
    resends: int


STOCK = FloodRules(
    hop_limit=3,
    coding_rate=5,
    cad_symbols=8.5,
    window_least=2,
    window_most=8,
    relay_wait_slots=0,
    resend_wait_slots=0,
    snr_top_db=15.0,
    resends=3,
)
FIRMWARE_28 = FloodRules(
    hop_limit=3,
    coding_rate=1,
    cad_symbols=2.5,
    window_least=3,
    window_most=8,
    relay_wait_slots=16,
    resend_wait_slots=16,
    snr_top_db=10.0,
    resends=2,
)
FIRMWARE_28_FAR = replace(FIRMWARE_28, hop_limit=7)


@dataclass(slots=True)
class _Hop:
    """hops_left as the frame says; heard_snr_db: of the copy it answers, None for an own frame."""

    hops_left: int
    heard_snr_db: float | None = None


@dataclass(frozen=True)
class FloodSettings:
    """The rules at one preset, whose coding rate `STOCK` overrules as published."""

    rules: FloodRules
    preset: Preset

    @property
    def coding_rate(self) -> int:
        return max(self.rules.coding_rate, self.preset.coding_rate)


class ManagedFloodStation(QueuedStation):
    """answered: numbers of the messages that need no resending, shared by all stations."""

    def __init__(self, number: int, run, settings: FloodSettings, answered: set[int]):
        super().__init__(number, run)
        rules = self._rules = settings.rules
        self._answered = answered
        preset = replace(settings.preset, coding_rate=settings.coding_rate)
        self._slot_us = preset.slot_us(rules.cad_symbols)
        self._airtimes_us = {}
        self._relayed: set[int] = set()
        self._preset = preset

    def airtime_us(self, frame: Frame) -> int:
        length = frame.length_bytes
        if length not in self._airtimes_us:
            self._airtimes_us[length] = airtime_us(length, self._preset)
        return self._airtimes_us[length]

    def originate(self, message: Message) -> None:
        self._send_own(message, self._rules.resends)

    def hear(self, frame: Frame, rssi_dbm: float, snr_db: float) -> None:
        number = frame.message.number
        if frame.message.source == self.number or number in self._relayed:
            self._answered.add(number)
        super().hear(frame, rssi_dbm, snr_db)

    def hear_first(self, frame: Frame, snr_db: float) -> None:
        hops_left = frame.content.hops_left
        if hops_left > 0:
            self._relayed.add(frame.message.number)
            self.offer(Frame(frame.length_bytes, frame.message, _Hop(hops_left - 1, snr_db)))

    def is_needless(self, frame: Frame) -> bool:
        return self.copies_heard.get(frame.message.number, 0) > 1

    def delay_us(self, frame: Frame) -> int:
        rules = self._rules
        snr_db = frame.content.heard_snr_db
        if snr_db is None:
            return self.dice.randrange(2 ** self._own_window()) * self._slot_us
        span_db = rules.snr_top_db - _SNR_BOTTOM_DB
        share = min(1.0, max(0.0, (snr_db - _SNR_BOTTOM_DB) / span_db))
        window = int(rules.window_least + (rules.window_most - rules.window_least) * share)
        return (rules.relay_wait_slots + self.dice.randrange(2**window)) * self._slot_us

    def _send_own(self, message, resends_left):
        frame = first_frame(message, HEADER_BYTES, _Hop(self._rules.hop_limit))
        self.offer(frame)
        self.after(self._resend_delay_us(frame), self._perhaps_resend, message, resends_left)

    def _perhaps_resend(self, message, resends_left):
        if resends_left > 0 and message.number not in self._answered:
            self._send_own(message, resends_left - 1)

    def _resend_delay_us(self, frame):
        rules = self._rules
        middle = (rules.window_least + rules.window_most) // 2
        slots = 2 ** self._own_window() + 2**middle + rules.resend_wait_slots
        return 2 * self.airtime_us(frame) + slots * self._slot_us + _PROCESSING_US

    def _own_window(self) -> int:
        """The exponent of the contention window, by the share of time the node found used."""
        rules = self._rules
        used = self.air.used_us[self.number] / max(1, self.engine.now_us)
        return int(rules.window_least + (rules.window_most - rules.window_least) * used)


class ManagedFlood(Protocol):
    def __init__(self, name: str, rules: FloodRules, preset: Preset = LONG_FAST):
        super().__init__(name, lora_phy(preset, rules.cad_symbols))
        self._settings = FloodSettings(rules, preset)

    def shared(self, run) -> set[int]:
        return set()

    def station(self, number: int, run, shared: set[int]) -> ManagedFloodStation:
        return ManagedFloodStation(number, run, self._settings, shared)
