"""What a node is built with, checked once."""

from skein import frame as f
from skein.errors import ConfigError
from skein.ids import ID_MAX

# name: (smallest, largest, default); None means that there is no default
LIMITS = {
    "node": (1, ID_MAX, None),
    "epoch": (0, 255, 0),
    "term": (0, ID_MAX, 0),
    "score": (0, 255, 128),
    "mesh": (0, 255, 0),
    "hop_limit": (0, f.HOPS_MAX, 7),
    "neighbours": (2, 250, 32),
    "origins": (2, 250, 32),
    "queue_slots": (4, 250, 24),
    "inbox_slots": (1, 250, 8),
    "interests": (1, 250, 48),
    "wishes": (1, f.ROWS_MAX, 12),
}


class NodeSettings:
    """The settings of one node, each an int.

    node: its id.  epoch: its count of boots, modulo 256.  term: the last one it knew.  score: how
    fit it is to lead.  mesh: which mesh it belongs to.  hop_limit: how often its messages may be
    passed on.  The others are the capacities of its tables.
    Raises ConfigError for an unknown name, a missing node and a value out of range.
    """

    node: int
    epoch: int
    term: int
    score: int
    mesh: int
    hop_limit: int
    neighbours: int
    origins: int
    queue_slots: int
    inbox_slots: int
    interests: int
    wishes: int

    def __init__(self, **values):
        for name in values:
            if name not in LIMITS:
                raise ConfigError(f"{name!r} is not a setting of a node")
        for name, (smallest, largest, default) in LIMITS.items():
            value = values.get(name, default)
            if type(value) is not int or not smallest <= value <= largest:
                raise ConfigError(
                    f"{name} must be a whole number from {smallest} to {largest}, not {value!r}"
                )
            setattr(self, name, value)
