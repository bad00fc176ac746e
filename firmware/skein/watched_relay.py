"""A relay that shows others the events that go on, each once."""

from skein import frame as f
from skein.path_relay import PathRelay


class WatchedRelay(PathRelay):
    """watchers: objects with hear(frame, length, now)."""

    def __init__(self, queue, neighbours, link, dice):
        super().__init__(queue, neighbours, link, dice)
        self.watchers: list = []

    def is_taken(self, row: int, number: int) -> bool:
        return row < 0 or super().is_taken(row, number)  # what lies behind this board has no row

    def add(self, frame, length: int, now: int) -> int:
        slot = super().add(frame, length, now)
        if f.kind_of(frame) == f.EVENT:
            for watcher in self.watchers:
                watcher.hear(frame, length, now)
        return slot


def watch(node, link, dice, watcher) -> None:
    """Show `watcher` each event that `node`, on a fast link, emits or passes on.

    Its hear(frame, length, now) gets a bytearray of at least `length` bytes.
    """
    diffusion = node.diffusion
    relay = diffusion.relay
    if not isinstance(relay, WatchedRelay):
        tuning = relay.tuning
        relay = WatchedRelay(diffusion.queue, node.neighbours, link, dice)
        relay.tuning = tuning
        diffusion.relay = relay
        relay.join(diffusion)
    relay.watchers.append(watcher)
