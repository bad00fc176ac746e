"""The application's face of a board that sleeps: the verbs of Mesh, without a node."""

import gc

from device import clock
from device.mesh import EventStream, Mesh
from skein import event as e
from skein.ids import text
from skein.interest_table import HIGH
from skein.ticks import ticks_diff


class SleeperMesh(Mesh):
    """want, events, emit and its kin, status(); kept: bytes that last through deep sleep."""

    def want(self, topic: str, level: int = HIGH) -> None:
        """As Mesh.want; at most eight topics."""
        self._node.want(topic, level)

    def emit(self, topic: str, payload: bytes, policy: int = e.POLICY, life_s: int = 300) -> bool:
        """As Mesh.emit; it goes when the board calls its keeper."""
        self.runner.wake()
        return self._node.emit(topic, payload, policy, life_s, clock.now())

    def emit_command(self, name: str, payload: bytes) -> bool:
        """As Mesh.emit_command, but nobody confirms it."""
        return self.emit("command." + name, payload, e.COMMAND_POLICY, e.COMMAND_LIFE_S)

    def emit_critical(self, name: str, payload: bytes, is_confirmed: bool = False) -> bool:
        """As Mesh.emit_critical, but nobody confirms it."""
        return self.emit("critical." + name, payload, e.CRITICAL_POLICY, e.CRITICAL_LIFE_S)

    def events(self) -> EventStream:
        """As Mesh.events."""
        return EventStream(self, self.runner.arrived)

    def next_event(self):
        """The next event, or None."""
        return self._node.next_event(clock.now())

    @property
    def kept(self) -> bytes:
        """What the application keeps through deep sleep, at most 512 bytes."""
        return self.runner.kept

    @kept.setter
    def kept(self, data: bytes) -> None:
        if len(data) > 512:
            raise ValueError("at most 512 bytes are kept")
        self.runner.kept = bytes(data)

    @property
    def leader(self) -> "str | None":
        """A board that sleeps follows nobody."""
        return None

    @property
    def is_leader(self) -> bool:
        return False

    def why(self) -> str:
        """Whom it calls, in a sentence."""
        keeper = self._node.keeper
        return f"sleeps; its keeper is {text(keeper)}" if keeper else "sleeps; seeks a keeper"

    def peers(self) -> list:
        """None: it listens to its keeper only."""
        return []

    interests = queue = peers

    def status(self) -> dict:
        """What this board is and has done since it booted."""
        sleeper, link, runner = self._node, self._link, self.runner
        return {
            "id": self.id,
            "name": self.name,
            "role": "sleeper",
            "leader": None,
            "keeper": text(sleeper.keeper) if sleeper.keeper else None,
            "boot": sleeper.epoch,
            "wakes": sleeper.wakes,
            "misses": sleeper.misses,
            "awake_ms": runner.awake_ms,
            "slept_ms": runner.slept_ms,
            "neighbours": 1 if sleeper.keeper else 0,
            "queued": len(sleeper.queue),
            "emitted": sleeper.emitted,
            "delivered": sleeper.delivered,
            "frames_in": sleeper.frames_in,
            "frames_out": sleeper.frames_out,
            "airtime_ms": link.airtime_ms,
            "radio_refused": link.refused,
            "radio_restarts": link.restarts,
            "heap_free": gc.mem_free(),
            "heap_total": gc.mem_free() + gc.mem_alloc(),
            "app": self.app_state,
            "battery_mv": self.battery_mv,
            "uptime_s": ticks_diff(clock.now(), self._started_at) // 1000,
            "config_mistakes": self.config_mistakes,
        }
