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
    "hop_limit": (0, f.HOPS_MAX, f.HOPS_MAX),
    "neighbours": (2, 250, 32),
    "origins": (2, 250, 32),
    "queue_slots": (4, 250, 20),
    "inbox_slots": (1, 250, 8),
    "interests": (1, 250, 48),
    "wishes": (1, f.ROWS_MAX, 12),
    "members": (0, 250, 0),
    "ordered": (0, 64, 0),
    "confirmed": (0, 16, 0),
    "summary_ms": (0, 60000, 0),
    "tier_ms": (100, 60000, 5000),
    "store_bytes": (0, 32000, 0),
    "state": (0, 36, 0),
    "updates": (0, 16, 0),
    "repair": (0, 32, 0),
    "two_hops": (0, 1, 0),
    "sends": (0, 4, 0),
    "cell": (0, ID_MAX, 0),
    "cell_min": (0, 250, 0),
    "cell_max": (0, 250, 0),
}

# What the relay of fast links does otherwise than by itself; the last two are percentages.
RELAY_LIMITS = {
    "initial_fanout": (1, 32),
    "max_fanout": (1, 32),
    "adaptive_threshold": (0, 100),
    "redundancy_factor": (100, 400),
}

# fmt: off
_OPTIONS = (
    "members", "ordered", "confirmed", "summary_ms", "store_bytes", "state", "updates", "sends",
    "repair", "two_hops", "cell",
)
# fmt: on


class NodeSettings:
    """The settings of one node, each an int.

    node: its id.  epoch: its count of boots, modulo 256.  term: the last one it knew.  score: how
    fit it is to lead.  mesh: which mesh it belongs to.  hop_limit: how often its messages may be
    passed on.  members: the capacity of the table of the cell's members, 0 for none.  ordered:
    of how many sources and topics the order is kept, 0 to keep none.  confirmed: how many own
    events may wait at a time to be confirmed, 0 to take no part in that.  summary_ms: how long a
    window of a summary lasts at its source, 0 for no summaries.  tier_ms: the same at a leader.
    store_bytes: for events that can be asked for, 0 for none.  state: entries of the state that
    all nodes hold, 0 for none.  updates: topics of values that change often, 0 for none.  sends:
    payloads of up to 4 KB at a time in each direction, 0 for none.  repair: events that are
    kept for neighbours that missed them, 0 for none.  two_hops: 1 to learn who hears whom around,
    on a fast link, and pass on less.  cell: the id of its cell, 0 where a mesh is
    one cell.  cell_min, cell_max: the sizes that a cell keeps if members are on, 0 for any.  The
    others are the capacities of its tables.
    options: True if any of those is on that are off by default.  relay: those of RELAY_LIMITS that
    are given, by name; see Tuning.
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
    ordered: int
    confirmed: int
    wishes: int
    members: int
    summary_ms: int
    tier_ms: int
    store_bytes: int
    state: int
    updates: int
    repair: int
    two_hops: int
    sends: int
    cell: int
    cell_min: int
    cell_max: int

    def __init__(self, **values):
        self.relay = {}
        for name, value in values.items():
            if name in RELAY_LIMITS:
                self.relay[name] = _checked(name, value, *RELAY_LIMITS[name])
            elif name not in LIMITS:
                raise ConfigError(f"{name!r} is not a setting of a node")
        for name, (smallest, largest, default) in LIMITS.items():
            setattr(self, name, _checked(name, values.get(name, default), smallest, largest))
        initial = self.relay.get("initial_fanout", 1)
        if self.relay.get("max_fanout", initial) < initial:
            raise ConfigError(f"max_fanout must be at least initial_fanout, which is {initial}")
        self.options = any(getattr(self, name) for name in _OPTIONS)


def _checked(name, value, smallest, largest):
    if type(value) is not int or not smallest <= value <= largest:
        raise ConfigError(
            f"{name} must be a whole number from {smallest} to {largest}, not {value!r}"
        )
    return value
