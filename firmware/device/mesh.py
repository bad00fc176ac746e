"""The application's face of a node, and what a person asks at the REPL."""

import asyncio

from device import clock, inspection
from skein import event as e
from skein import ids
from skein.interest_table import HIGH, NONE
from skein.role import LEADER
from skein.ticks import ticks_diff
from skein.turns import NORMAL


class Mesh:
    """One running node.

    Verbs: want, events; emit, and emit_ product, telemetry, anomaly, critical, command.
    To look inside: leader, is_leader, status(), peers(), interests(), queue(), why().
    To interfere with the election: lead, follow, resign, release.
    """

    bridge: "object"  # only where config.json asks for both radios; its status() tells of them

    def __init__(self, node, link, runner):
        self._node = node
        self._link = link
        self.runner = runner
        self._started_at = clock.now()
        self.id = ids.text(node.id)
        self.name = self.id
        self.cell_name = ""
        self.config_mistakes: list[str] = []
        self.app_state = "not started"
        self.summaries = self.query = self.state = None  # where config.json asks for them
        self.battery_mv: int | None = None
        slow = getattr(node, "slow", None)  # not for a sleeper
        self.backbone = slow.backbone if slow else getattr(node, "two_hops", None)

    def __repr__(self):
        return f"<mesh {self.name}: {self.why()}>"

    def want(self, topic: str, level: int = HIGH) -> None:
        """Receive the events of a topic, or of all that begin with a word and a dot.

        level: LOW 1 to CRITICAL 4; NONE 0 ends it.
        Raises ConfigError when the topic's name or the level is bad or no place is left.
        """
        self._node.diffusion.wishes.want(topic, level)
        self._node.diffusion.declare_soon(clock.now())
        self.runner.wake()

    def unwant(self, topic: str) -> None:
        """Receive the events of a topic no longer."""
        self.want(topic, NONE)

    def emit(self, topic: str, payload: bytes, policy: int = e.POLICY, life_s: int = 300) -> bool:
        """Emit an event of any kind; without a policy it is NORMAL and never leaves this node.

        payload: at most 223 bytes.  policy: of skein.event.policy().  life_s: 1..65534 seconds.
        False when the queue is full of what matters as much.  Raises EventError, ConfigError.
        """
        self.runner.wake()
        return self._node.diffusion.emit(topic, payload, policy, life_s, clock.now())

    def emit_product(
        self, name: str, payload: bytes, priority: int = NORMAL, propagation: int = e.FULL
    ) -> bool:
        """A result, on topic "product.NAME": for five minutes.

        priority: CRITICAL 0 to LOW 3.  propagation: FULL 0, SUMMARY 1, QUERY 2, LOCAL 3.
        """
        policy = e.policy(priority, propagation, e.PRODUCT)
        return self.emit("product." + name, payload, policy, e.PRODUCT_LIFE_S)

    def emit_telemetry(self, name: str, payload: bytes) -> bool:
        """A reading, on topic "telemetry.NAME": LOW, for an hour, if somebody wants it."""
        return self.emit("telemetry." + name, payload, e.TELEMETRY_POLICY, e.TELEMETRY_LIFE_S)

    def emit_anomaly(self, name: str, payload: bytes) -> bool:
        """Something unusual, on topic "anomaly.NAME": HIGH, for ten minutes."""
        return self.emit("anomaly." + name, payload, e.ANOMALY_POLICY, e.ANOMALY_LIFE_S)

    def emit_critical(self, name: str, payload: bytes, is_confirmed: bool = False):
        """An alarm, on topic "critical.NAME": ahead of everything else, for five minutes.

        is_confirmed: answer with a receipt as emit_command does; needs "confirmed" in config.json.
        """
        policy = e.CRITICAL_POLICY | (e.CONFIRMED << 6 if is_confirmed else 0)
        return self._emit_confirmed("critical." + name, payload, policy, e.CRITICAL_LIFE_S)

    def emit_command(self, name: str, payload: bytes):
        """An order to those who want topic "command.NAME": HIGH, for five minutes.

        With "confirmed" in config.json it answers with a receipt: state, acknowledged, expected;
        `await mesh.settled(receipt)` waits for its end.  False when refused.
        """
        policy = e.COMMAND_POLICY
        if self._node.diffusion.assurances[e.CONFIRMED]:
            policy |= e.CONFIRMED << 6
        return self._emit_confirmed("command." + name, payload, policy, e.COMMAND_LIFE_S)

    def _emit_confirmed(self, topic, payload, policy, life_s):
        """The receipt, or False; True where there is none since nobody wants the topic."""
        confirmation = self._node.diffusion.assurances[e.CONFIRMED]
        if confirmation:
            confirmation.last = None
        is_taken = self.emit(topic, payload, policy, life_s)
        return is_taken and ((confirmation and confirmation.last) or is_taken)

    async def settled(self, receipt):
        """Wait until it is known what became of a confirmed event; its receipt.

        True or False, which emit_command gives where there is no receipt, is settled.
        """
        while getattr(receipt, "state", 1) == 0:
            await asyncio.sleep_ms(50)
        return receipt

    def events(self) -> "EventStream":
        """The events this node wants, the most urgent first: `async for event in mesh.events()`.

        Each event is handed out once, so have one loop for all topics.
        """
        return EventStream(self._node, self.runner.arrived)

    @property
    def leader(self) -> "str | None":
        """The id of the elected leader that this node follows or is, or None."""
        election = self._node.election
        return ids.text(election.leader) if election.is_elected else None

    @property
    def is_leader(self) -> bool:
        return self._node.election.role == LEADER

    def status(self) -> dict:
        """What this node is and has done since it booted."""
        status = inspection.status(self._node, self._link)
        status["name"] = self.name
        status["app"] = self.app_state
        status["battery_mv"] = self.battery_mv
        status["uptime_s"] = ticks_diff(clock.now(), self._started_at) // 1000
        status["config_mistakes"] = self.config_mistakes
        if self.backbone:
            status["backbone"] = self.backbone.status(clock.now())
        return status

    def peers(self) -> list:
        """A dict for each neighbour: id, rssi_dbm, heard_ms_ago, score, leader."""
        return inspection.peers(self._node, clock.now())

    def interests(self) -> list:
        """(topic, node, level) for all that is known to be wanted, first by this node."""
        return inspection.interests(self._node)

    def queue(self) -> list:
        """A dict for each message that waits to be sent: topic, priority, bytes, due_in_ms."""
        return inspection.queue(self._node, clock.now())

    def why(self) -> str:
        """Why this node leads or follows, in a sentence."""
        from device import reasons  # noqa: PLC0415 - its code takes heap

        return reasons.why(self._node.election, clock.now())

    def lead(self) -> None:
        """Lead from now on until release(), whatever the others score."""
        self._order("lead")

    def follow(self, leader: "str | None" = None) -> None:
        """Do not lead until release(), and follow this node, by its id, whenever it leads.

        Raises ConfigError for what is no id.
        """
        from device.node_id import parse  # noqa: PLC0415 - its code takes heap

        self._order("follow", parse(leader) if leader else ids.NOBODY)

    def resign(self) -> None:
        """Leave the lead to the deputy at once, such as half a second before a planned reboot."""
        self._order("resign")

    def release(self) -> None:
        """End what lead(), follow() or resign() began."""
        self._order("release")

    def _order(self, verb, *arguments):
        from skein import override  # noqa: PLC0415 - its code takes heap

        getattr(override, verb)(self._node.election, *arguments, clock.now())
        self.runner.wake()


class EventStream:
    """An asynchronous iterator over the events for this node's application."""

    def __init__(self, node, arrived):
        self._node = node
        self._arrived = arrived

    def __aiter__(self):
        return self

    async def __anext__(self):
        while True:
            event = self._node.next_event()
            if event:
                return event
            self._arrived.clear()
            await self._arrived.wait()
