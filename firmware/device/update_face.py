"""The application's face of values that change often: what "updates" in config.json adds."""

from device import clock
from skein.turns import NORMAL


class UpdateFace:
    """mesh.updates: sends a value as often, as urgently and as whole as others want its topic."""

    def __init__(self, node, runner):
        self._updates = node.updates
        self._wishes = node.diffusion.wishes
        self._runner = runner

    def send(
        self, topic: str, payload: bytes, is_keyframe: bool = True, priority: int = NORMAL
    ) -> bool:
        """Hand over the newest value; True if it, or a newer one, will be sent.

        is_keyframe: False for one that means something only after those before it.  payload: at
        most 223 bytes.  priority: CRITICAL 0 to LOW 3.  Raises EventError, ConfigError.
        """
        self._runner.wake()
        topic_id = self._wishes.learn(topic)
        return self._updates.update(topic_id, payload, is_keyframe, priority, clock.now())

    def needs_keyframe(self, topic: str) -> bool:
        """True if more nodes want the topic than at its last keyframe, or there was none."""
        return self._updates.needs_keyframe(self._wishes.learn(topic))

    def level(self, topic: str) -> int:
        """How much it is wanted, NONE 0 to CRITICAL 4; HIGH 3 while that is not known."""
        return self._updates.level(self._wishes.learn(topic))

    def status(self) -> dict:
        """What was sent, and what was not and why."""
        updates = self._updates
        return {
            "sent": updates.sent,
            "thinned": updates.thinned,
            "over_budget": updates.over_budget,
            "superseded": updates.superseded,
            "unwanted": updates.unwanted,
            "refused": updates.refused,
        }
