"""Repeaters in the way of MeshCore: every node passes every message on once, none is cancelled.

A node that is forced to send loses what it is receiving, as the air here has it; the reference's
program let such a frame through, which gives its repeaters up to 3 points more reach under load.
"""

from tools.simulator.frame import Frame, Message
from tools.simulator.lora import LONG_FAST, Preset, lora_phy
from tools.simulator.peers.queued import QueuedStation
from tools.simulator.protocol import Protocol

MOST_HOPS = 64

_ROUTE_BYTES = 2
_BODY_BYTES = 3
_BLOCK_BYTES = 16
_BODY_OVERHEAD_BYTES = 5
_RELAY_WAIT_AIRTIMES = 5 * 0.5
_RETRY_STEP_US = 120_000
_FORCED_AFTER_US = 4_000_000


def length_bytes(payload_bytes: int, hops: int) -> int:
    """Two bytes, one for each hop travelled, and the payload in blocks of the cipher."""
    blocks = -(-(_BODY_OVERHEAD_BYTES + payload_bytes) // _BLOCK_BYTES)
    return _ROUTE_BYTES + hops + _BODY_BYTES + _BLOCK_BYTES * blocks


class MeshCoreStation(QueuedStation):
    """The content of a frame is the number of hops it has travelled."""

    def __init__(self, number: int, run):
        super().__init__(number, run)
        self._busy_since_us = None

    def originate(self, message: Message) -> None:
        self.offer(Frame(length_bytes(message.payload_bytes, 0), message, 0))

    def hear_first(self, frame: Frame, snr_db: float) -> None:
        hops = frame.content + 1
        if hops <= MOST_HOPS:
            length = length_bytes(frame.message.payload_bytes, hops)
            self.offer(Frame(length, frame.message, hops))

    def delay_us(self, frame: Frame) -> int:
        if frame.message.source == self.number:
            return 0
        return int(self.dice.random() * _RELAY_WAIT_AIRTIMES * self.airtime_us(frame))

    def busy(self, frame: Frame) -> None:
        """Look again soon; after four seconds of a busy channel send all the same."""
        now_us = self.engine.now_us
        if self._busy_since_us is None:
            self._busy_since_us = now_us
        if now_us - self._busy_since_us >= _FORCED_AFTER_US:
            self.air.transmit(self.number, frame)
        else:
            self._wait(self.dice.randint(1, 3) * _RETRY_STEP_US)

    def sent(self, frame: Frame) -> None:
        self._busy_since_us = None
        super().sent(frame)


class MeshCore(Protocol):
    def __init__(self, preset: Preset = LONG_FAST):
        super().__init__("meshcore", lora_phy(preset))

    def station(self, number: int, run, shared: None) -> MeshCoreStation:
        return MeshCoreStation(number, run)
