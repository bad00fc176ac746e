"""The firmware's own Node as a station: the files that run on a board, on the modelled air."""

from skein import event as e
from skein import frame as f
from skein import override, packed_frame
from skein.interest_table import HIGH
from skein.members import DEAD, SUSPECT
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import ticks_add, ticks_diff
from tools.simulator.espnow import espnow_phy
from tools.simulator.frame import Frame, Message
from tools.simulator.held_bytes import held_bytes
from tools.simulator.lora import LONG_FAST, Preset, lora_phy
from tools.simulator.mac import EspNowMac, LoRaMac
from tools.simulator.protocol import Protocol
from tools.simulator.skein_ids import id_of, is_of_sender, number_of
from tools.simulator.station import Station

_NUMBER_BYTES = 4  # of a payload: the message's number in the run
_LIFE_S = 3600
_SLOW_US = 50_000  # every LoRa preset is on one side of it, ESP-NOW on the other
_FIRST_CELL = 1
_LORA_WARM_UP_US = 30 * 60 * 1_000_000
_ESPNOW_WARM_UP_US = 60 * 1_000_000


class LinkFigures:
    """What a Node needs to know of its link."""

    def __init__(self, phy, slot_us: int):
        self.airtime_us = phy.airtime_us
        self.slot_us = slot_us
        self.is_slow = phy.airtime_us(f.MTU) > _SLOW_US


class SkeinStation(Station):
    """A node, its link, and an application that wants what the run says it wants."""

    retry_ms = 1  # after which what the link did not take is offered again

    def __init__(self, number: int, run, mac, settings: dict):
        super().__init__(number, run)
        self._mac = mac
        self._out = OutgoingFrame()
        self._timer = None
        self._wakes_at: int | None = None  # the instant on the node's clock that the timer is for
        self._follows = None
        self._member_changes = 0
        self._members: set[int] = set()
        stored = run.storage[number]
        stored["epoch"] = (stored.get("epoch", -1) + 1) & 0xFF
        term = stored.get("term", 0)
        settings = NodeSettings(node=id_of(number), epoch=stored["epoch"], term=term, **settings)
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

    def resign(self) -> None:
        """Lead no more, by its own will; nothing happens if it does not lead."""
        override.resign(self.node.election, self._now())
        self._turn()

    def originate(self, message: Message) -> None:
        padding = bytes(message.payload_bytes - _NUMBER_BYTES)
        payload = message.number.to_bytes(_NUMBER_BYTES, "little") + padding
        policy = e.policy(message.priority, e.FULL, e.PRODUCT)
        self.node.diffusion.emit(message.topic, payload, policy, _LIFE_S, self._now())
        self._turn()

    def hear(self, frame: Frame, rssi_dbm: float, snr_db: float) -> None:
        is_taken = self.node.slow or is_of_sender(frame)
        content = bytearray(frame.content if is_taken else b"")
        now = self._now()
        self.node.receive(0, content, int(rssi_dbm), int(snr_db), now)
        deadline = self.node.next_deadline()
        if ticks_diff(deadline, now) <= 0:
            self._turn()
        else:
            self._settle(deadline, now)

    def leave(self) -> None:
        if self.node.cell:
            self.node.cell.leave(self._now())
            self._turn()

    def sent(self, frame: Frame) -> None:
        self._mac.sent()
        self._turn()

    def _turn(self) -> None:
        """What the device's loop does: poll, drain, note, and sleep until the next deadline."""
        now = self._now()
        self.node.poll(now)
        while self._may_send(now) and self.node.take_frame(self._out):
            content = bytes(self._out.buffer[: self._out.length])
            self._mac.send(
                Frame(len(content), self._message_in(content), content, False, self.number)
            )
        self._settle(self.node.next_deadline(), now)

    def _may_send(self, now) -> bool:
        return self._mac.is_idle()

    def _settle(self, deadline, now) -> None:
        self._deliver()
        self._note_leader()
        if self.node.cell and self.node.cell.tiers is None:
            self._note_members()
        self.run.storage[self.number]["term"] = self.node.election.term
        self._sleep(deadline, now)

    def _sleep(self, deadline, now) -> None:
        if ticks_diff(deadline, now) <= 0:
            # What is due may wait for the radio; then `sent` wakes this node.
            deadline = ticks_add(now, self.retry_ms) if self._mac.is_idle() else None
        if deadline == self._wakes_at:
            return
        if self._timer is not None:
            self.engine.cancel(self._timer)
        self._wakes_at = deadline
        if deadline is not None:
            at_us = self.clock.instant_us(deadline, self.engine.now_us)
            self._timer = self.after(at_us - self.engine.now_us, self._wake)

    def _wake(self) -> None:
        self._wakes_at = None
        self._turn()

    def _deliver(self) -> None:
        event = self.node.next_event()
        while event:
            message = self._message_of(event.payload)
            if message is not None:
                self.run.ledger.delivered(message, self.number)
            event = self.node.next_event()

    def _note_leader(self) -> None:
        cell = self.node.cell
        tiers = cell.tiers if cell else None
        follows = _elected(tiers.formation if tiers else self.node.election)
        if tiers:
            own_leader = _elected(self.node.election)
            self.run.cell_watch.sees(self.number, tiers.cell, own_leader)
        if follows != self._follows:
            self._follows = follows
            self.run.ledger.follow(self.number, follows)

    def _note_members(self) -> None:
        table = self.node.cell.members
        changes = sum(table.changes) + table.displaced
        if changes == self._member_changes:
            return
        self._member_changes = changes
        before, self._members = self._members, set()
        for row, node_id in enumerate(table.ids):
            if node_id and table.states[row] <= SUSPECT:
                self._members.add(number_of(node_id))
            elif number_of(node_id) in before:
                self.run.member_watch.departs(number_of(node_id), table.states[row] == DEAD)
        self.run.member_watch.sees(self.number, self._members)

    def _message_in(self, content: bytes) -> Message | None:
        kind = f.kind_of(content)
        if kind in (f.PACKED, f.STEERED):
            return self._message_of(content[packed_frame.payload_at(content) :])
        return self._message_of(content[f.PAYLOAD :]) if kind == f.EVENT else None

    def _message_of(self, payload: bytes) -> Message | None:
        """The message that a payload belongs to; None for an attacker's invention."""
        number = int.from_bytes(payload[:_NUMBER_BYTES], "little")
        messages = self.run.traffic.messages
        return messages[number] if number < len(messages) else None

    def _now(self) -> int:
        return self.clock.ticks_ms(self.engine.now_us)


class Skein(Protocol):
    """The firmware on LoRa at a preset, or on ESP-NOW where that is None.

    Nodes are up for a while before the traffic, to learn of each other: 30 minutes on LoRa, as the
    benchmark's rule says, one minute on ESP-NOW.
    cells: what a scenario says under [skein].  settings: of every node, beside its capacities.
    """

    def __init__(self, preset: Preset | None = LONG_FAST):
        super().__init__("skein", espnow_phy() if preset is None else lora_phy(preset))
        self._preset = preset
        self.cells: dict = {}
        self.settings: dict = {}
        self.warm_up_us = _ESPNOW_WARM_UP_US if preset is None else _LORA_WARM_UP_US

    def station(self, number: int, run, shared: None) -> SkeinStation:
        nodes = run.topology.nodes
        settings = {**capacities(nodes), **self.settings}
        if self.cells.get("members"):
            settings["members"] = min(250, max(8, nodes))
        if self.cells.get("cells"):
            settings.update(self._cell_of(number))
            least, most = self.cells["cell_min"], self.cells["cell_max"]
            run.cell_watch.limits = (least or 1, most or nodes)
        return SkeinStation(number, run, self._mac(number, run), settings)

    def _cell_of(self, number):
        limits = {name: self.cells[name] for name in ("cell_min", "cell_max")}
        for place, nodes in enumerate(self.cells["cells"]):
            if number in nodes:
                return {"cell": _FIRST_CELL + place, **limits}
        return {"cell": _FIRST_CELL + len(self.cells["cells"]), **limits}

    def memory_bytes_per_node(self, run) -> int | None:
        station = next(station for station in run.stations if station is not None)
        return held_bytes(station.node, set())

    def _mac(self, number, run):
        if self._preset is None:
            return EspNowMac(number, run, capacity=1)
        return LoRaMac(number, run, self._preset.slot_us())


def _elected(election) -> int | None:
    return number_of(election.leader) if election.is_elected else None


def capacities(nodes: int) -> dict:
    """Settings of tables as a maker would choose them for a mesh of so many nodes."""
    return {
        "neighbours": min(64, max(8, nodes)),
        "origins": min(250, max(8, nodes)),
        "interests": min(250, max(8, nodes)),
        "queue_slots": 32,
    }
