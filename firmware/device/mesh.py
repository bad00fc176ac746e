"""The application's face of a node, and what a person asks at the REPL."""

from device import clock, inspection
from skein import event as e
from skein import ids
from skein.election import LEADER
from skein.event_queue import NORMAL
from skein.interest_table import HIGH, NONE
from skein.ticks import ticks_diff


class Mesh:
    """One running node.

    Verbs: want, emit, emit_telemetry, emit_anomaly, emit_critical, emit_command, events.
    To look inside: leader, is_leader, status(), peers(), interests(), queue(), why().
    """

    def __init__(self, node, link, runner):
        self._node = node
        self._link = link
        self.runner = runner
        self._started_at = clock.now()
        self.id = ids.text(node.id)
        self.name = self.id
        self.config_mistakes: list[str] = []
        self.app_state = "not started"

    def __repr__(self):
        return f"<mesh {self.name}: {self.why()}>"

    def want(self, topic: str, level: int = HIGH) -> None:
        """Receive the events of a topic.  level: LOW 1 to CRITICAL 4; NONE 0 ends it.

        Raises ConfigError when the topic's name or the level is bad or no place is left.
        """
        self._node.diffusion.wishes.want(topic, level)
        self._node.diffusion.declare_soon(clock.now())
        self.runner.wake()

    def unwant(self, topic: str) -> None:
        """Receive the events of a topic no longer."""
        self.want(topic, NONE)

    def emit(self, topic: str, payload: bytes, priority: int = NORMAL, life_s: int = 300) -> bool:
        """Send an event to all who want its topic.

        payload: at most 223 bytes.  priority: CRITICAL 0 to LOW 3.  life_s: 1..65534 seconds.
        False when the queue is full of what matters as much.  Raises EventError, ConfigError.
        """
        return self._emit(topic, payload, e.policy(priority, e.FULL, e.PRODUCT), life_s)

    def emit_telemetry(self, name: str, payload: bytes) -> bool:
        """A reading, on topic "telemetry.NAME": LOW, for an hour, if somebody wants it."""
        return self._emit("telemetry." + name, payload, e.TELEMETRY_POLICY, e.TELEMETRY_LIFE_S)

    def emit_anomaly(self, name: str, payload: bytes) -> bool:
        """Something unusual, on topic "anomaly.NAME": HIGH, for ten minutes."""
        return self._emit("anomaly." + name, payload, e.ANOMALY_POLICY, e.ANOMALY_LIFE_S)

    def emit_critical(self, name: str, payload: bytes) -> bool:
        """An alarm, on topic "critical.NAME": ahead of everything else, for five minutes."""
        return self._emit("critical." + name, payload, e.CRITICAL_POLICY, e.CRITICAL_LIFE_S)

    def emit_command(self, name: str, payload: bytes) -> bool:
        """An order to those who want topic "command.NAME": HIGH, for five minutes."""
        return self._emit("command." + name, payload, e.COMMAND_POLICY, e.COMMAND_LIFE_S)

    def _emit(self, topic, payload, policy, life_s):
        self.runner.wake()
        return self._node.diffusion.emit(topic, payload, policy, life_s, clock.now())

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
        status["uptime_s"] = ticks_diff(clock.now(), self._started_at) // 1000
        status["config_mistakes"] = self.config_mistakes
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
        return inspection.why(self._node.election, clock.now())


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
