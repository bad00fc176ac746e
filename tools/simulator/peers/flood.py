"""Plain flooding: every node sends every message once, after a random wait, and that is all."""

from tools.simulator.frame import Frame, Message
from tools.simulator.lora import LONG_FAST, lora_phy
from tools.simulator.peers.queued import QueuedStation, first_frame
from tools.simulator.protocol import Protocol

HEADER_BYTES = 16

_SLOTS = 32


class FloodStation(QueuedStation):
    """No hop limit, no cancelling, no resends; a wait of 0 to 31 slots before each try."""

    def originate(self, message: Message) -> None:
        self.offer(first_frame(message, HEADER_BYTES, None))

    def hear_first(self, frame: Frame, snr_db: float) -> None:
        self.offer(Frame(frame.length_bytes, frame.message))

    def delay_us(self, frame: Frame) -> int:
        return self.dice.randrange(_SLOTS) * LONG_FAST.slot_us()


class Flood(Protocol):
    def __init__(self):
        super().__init__("flood", lora_phy())

    def stations(self, run) -> list[FloodStation]:
        return [FloodStation(number, run) for number in range(run.topology.nodes)]
