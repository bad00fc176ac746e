"""Plain flooding: every node sends every message once, after a random wait, and that is all."""

from tools.simulator.espnow import espnow_phy
from tools.simulator.frame import Frame, Message
from tools.simulator.lora import LONG_FAST, Preset, lora_phy
from tools.simulator.mac import EspNowMac
from tools.simulator.peers.queued import QueuedStation, first_frame
from tools.simulator.protocol import Protocol
from tools.simulator.station import Station

HEADER_BYTES = 16

_SLOTS = 32
_ESPNOW_WAIT_US = 50_000


class FloodStation(QueuedStation):
    """No hop limit, no cancelling, no resends; a wait of 0 to 31 slots before each try."""

    def __init__(self, number: int, run, slot_us: int):
        super().__init__(number, run)
        self._slot_us = slot_us

    def originate(self, message: Message) -> None:
        self.offer(first_frame(message, HEADER_BYTES, None))

    def hear_first(self, frame: Frame, snr_db: float) -> None:
        self.offer(Frame(frame.length_bytes, frame.message))

    def delay_us(self, frame: Frame) -> int:
        return self.dice.randrange(_SLOTS) * self._slot_us


class EspNowFloodStation(Station):
    """The same on ESP-NOW, where the radio itself looks at the channel."""

    hears_garbage = False

    def __init__(self, number: int, run):
        super().__init__(number, run)
        self._mac = EspNowMac(number, run)
        self._dice = run.dice.stream(f"station {number}")

    def originate(self, message: Message) -> None:
        self._mac.send(first_frame(message, HEADER_BYTES, None))

    def hear(self, frame: Frame, rssi_dbm: float, snr_db: float) -> None:
        if self.run.ledger.delivered(frame.message, self.number):
            relay = Frame(frame.length_bytes, frame.message)
            self.after(self._dice.randrange(_ESPNOW_WAIT_US), self._mac.send, relay)

    def sent(self, frame: Frame) -> None:
        self._mac.sent()

    def stop(self) -> None:
        super().stop()
        self._mac.stop()


class Flood(Protocol):
    def __init__(self, preset: Preset = LONG_FAST):
        super().__init__("flood", lora_phy(preset))
        self._slot_us = preset.slot_us()

    def station(self, number: int, run, shared: None) -> FloodStation:
        return FloodStation(number, run, self._slot_us)


class EspNowFlood(Protocol):
    def __init__(self):
        super().__init__("flood", espnow_phy())

    def station(self, number: int, run, shared: None) -> EspNowFloodStation:
        return EspNowFloodStation(number, run)
