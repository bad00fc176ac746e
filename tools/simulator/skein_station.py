"""The firmware's own Node as a station: the files that run on a board, on the modelled air."""

from skein import event as e
from skein import frame as f
from skein.interest_table import HIGH
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import ticks_diff
from tools.simulator.espnow import espnow_phy
from tools.simulator.frame import Frame, Message
from tools.simulator.lora import LONG_FAST, lora_phy
from tools.simulator.mac import EspNowMac, LoRaMac
from tools.simulator.protocol import Protocol
from tools.simulator.station import Station

_NUMBER_BYTES = 4  # of a payload: the message's number in the run
_LIFE_S = 3600
_SLOW_US = 50_000  # every LoRa preset is on one side of it, ESP-NOW on the other
_WARM_UP_US = 30 * 60 * 1_000_000


class LinkFigures:
    """What a Node needs to know of its link."""

    def __init__(self, phy, slot_us: int):
        self.airtime_us = phy.airtime_us
        self.slot_us = slot_us
        self.is_slow = phy.airtime_us(f.MTU) > _SLOW_US


class SkeinStation(Station):
    """A node, its link, and an application that wants what the run says it wants."""

    def __init__(self, number: int, run, make_mac):
        super().__init__(number, run)
        self._mac = make_mac(number, run)
        self._out = OutgoingFrame()
        self._timer = None
        self._follows = None
        stored = run.storage[number]
        stored["epoch"] = (stored.get("epoch", -1) + 1) & 0xFF
        settings = NodeSettings(
            node=_id_of(number),
            epoch=stored["epoch"],
            term=stored.get("term", 0),
            **_capacities(run.topology.nodes),
        )
        link = LinkFigures(run.phy, LONG_FAST.slot_us())
        self.node = Node(settings, link, run.dice.stream(f"node {number}"))

    def start(self) -> None:
        for topic in sorted({message.topic for message in self.run.traffic.messages}):
            if self.run.is_interested(self.number, topic):
                self.node.diffusion.wishes.want(topic, HIGH)
        self.node.start(self._now())
        self._turn()

    def stop(self) -> None:
        super().stop()
        self._mac.stop()

    def originate(self, message: Message) -> None:
        padding = bytes(message.payload_bytes - _NUMBER_BYTES)
        payload = message.number.to_bytes(_NUMBER_BYTES, "little") + padding
        policy = e.policy(message.priority, e.FULL, e.PRODUCT)
        self.node.diffusion.emit(message.topic, payload, policy, _LIFE_S, self._now())
        self._turn()

    def hear(self, frame: Frame, rssi_dbm: float, snr_db: float) -> None:
        content = bytearray(frame.content)
        self.node.receive(0, content, int(rssi_dbm), int(snr_db), self._now())
        self._turn()

    def sent(self, frame: Frame) -> None:
        self._mac.sent()
        self._turn()

    def _turn(self) -> None:
        """What the device's loop does: poll, drain, note, and sleep until the next deadline."""
        now = self._now()
        self.node.poll(now)
        while self._mac.is_idle() and self.node.take_frame(self._out):
            content = bytes(self._out.buffer[: self._out.length])
            self._mac.send(Frame(len(content), self._message_in(content), content))
        self._deliver()
        self._note_leader()
        self.run.storage[self.number]["term"] = self.node.election.term
        self._sleep(now)

    def _sleep(self, now) -> None:
        if self._timer is not None:
            self.engine.cancel(self._timer)
        deadline = self.node.next_deadline()
        if ticks_diff(deadline, now) <= 0:
            if not self._mac.is_idle():
                return  # what is due waits for the radio, and `sent` wakes this node
            deadline = (now + 1) % (1 << 30)
        at_us = self.clock.instant_us(deadline, self.engine.now_us)
        self._timer = self.after(at_us - self.engine.now_us, self._turn)

    def _deliver(self) -> None:
        event = self.node.next_event()
        while event:
            message = self._message_of(event.payload)
            if message is not None:
                self.run.ledger.delivered(message, self.number)
            event = self.node.next_event()

    def _note_leader(self) -> None:
        election = self.node.election
        follows = _number_of(election.leader) if election.is_elected else None
        if follows != self._follows:
            self._follows = follows
            self.run.ledger.follow(self.number, follows)

    def _message_in(self, content: bytes) -> Message | None:
        if f.kind_of(content) != f.EVENT:
            return None
        return self._message_of(content[f.PAYLOAD :])

    def _message_of(self, payload: bytes) -> Message | None:
        """The message that a payload belongs to; None for an attacker's invention."""
        number = int.from_bytes(payload[:_NUMBER_BYTES], "little")
        messages = self.run.traffic.messages
        return messages[number] if number < len(messages) else None

    def _now(self) -> int:
        return self.clock.ticks_ms(self.engine.now_us)


class Skein(Protocol):
    """The firmware on LoRa LONG_FAST, or on ESP-NOW.

    Nodes are up for 30 minutes before the traffic, as the benchmark's rule says.
    """

    warm_up_us = _WARM_UP_US

    def __init__(self, is_on_espnow: bool = False):
        super().__init__("skein", espnow_phy() if is_on_espnow else lora_phy())
        self._is_on_espnow = is_on_espnow

    def station(self, number: int, run, shared: None) -> SkeinStation:
        return SkeinStation(number, run, self._mac)

    def memory_bytes_per_node(self, run) -> int | None:
        station = next(station for station in run.stations if station is not None)
        return _held_bytes(station.node, set())

    def _mac(self, number, run):
        if self._is_on_espnow:
            return EspNowMac(number, run, capacity=1)
        return LoRaMac(number, run, LONG_FAST.slot_us())


def _id_of(number: int) -> int:
    """Ids in the order of numbers, scattered so that no rule can lean on their distance."""
    return (number + 1) * 7919


def _number_of(node_id: int) -> int:
    return node_id // 7919 - 1


def _capacities(nodes: int) -> dict:
    """Tables as a maker would set them for a mesh of this size."""
    return {
        "neighbours": min(64, max(8, nodes)),
        "origins": min(250, max(8, nodes)),
        "interests": min(250, max(8, nodes)),
        "queue_slots": 32,
    }


def _held_bytes(part: object, met: set[int]) -> int:
    """Bytes of all buffers and arrays that are reachable from `part`: what a node keeps."""
    if id(part) in met:
        return 0
    met.add(id(part))
    if isinstance(part, (bytearray, bytes)):
        return len(part)
    if hasattr(part, "itemsize"):
        return len(part) * part.itemsize
    if isinstance(part, list):
        return sum(_held_bytes(item, met) for item in part)
    if type(part).__module__.startswith("skein."):
        return sum(_held_bytes(value, met) for value in vars(part).values())
    return 0
