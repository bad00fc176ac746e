"""The loop of a board with both radios: two nodes and the bridge between them."""

from device import clock
from device.runner import Runner
from skein.ids import text


class FarRunner(Runner):
    """Drives the far node, when a BridgeRunner says so."""

    def start(self, now: int) -> None:
        """Begin to take part."""
        self._save_at = now
        self._node.start(now)

    def end(self) -> None:
        """Switch the radio off."""
        self._link.stop()

    def status(self) -> dict:
        """What this node is on the far side."""
        node, link = self._node, self._link
        election = node.election
        return {
            "far_id": text(node.id),
            "far_leader": text(election.leader) if election.is_elected else None,
            "far_neighbours": node.neighbours.count,
            "far_queued": len(node.diffusion.queue),
            "far_duplicates": node.diffusion.duplicates,
            "far_airtime_ms": link.airtime_ms,
            "far_radio_refused": link.refused,
            "far_radio_restarts": link.restarts,
        }


class BridgeRunner(Runner):
    """Drives the near node, and at each turn the far one by its FarRunner."""

    def __init__(self, node, link, storage, far, bridge):
        super().__init__(node, link, storage)
        self._far = far
        self._bridge = bridge
        self._crossed = 0

    async def run(self) -> None:
        """Run until `stop`."""
        now = clock.now()
        self._far.start(now)
        self._bridge.start(now)
        await super().run()
        self._far.end()

    def turn(self, now: int) -> None:
        """Everything that can be done at this instant, on either side."""
        self._far.turn(now)
        if self._bridge.poll(now):
            self.wake()
            self._far.wake()
        super().turn(now)
        if self._bridge.crossed_out != self._crossed:
            self._crossed = self._bridge.crossed_out
            self._far.wake()

    def status(self) -> dict:
        """Whether the bridge is at work, and what it and the far node have done since boot."""
        bridge = self._bridge
        status = self._far.status()
        status["is_at_work"] = bridge.is_active
        status["changes"] = bridge.changes
        status["crossed_out"] = bridge.crossed_out
        status["crossed_in"] = bridge.crossed_in
        status["unlisted"] = bridge.wishes.unlisted
        return status
