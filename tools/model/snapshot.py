"""The state of a live Node as a tuple that can be compared, kept and put back.

Two states that differ only in when they happen are one: instants are kept relative to now,
terms to the lowest that is known, and the beats of a leader to its newest.
"""

from array import array
from collections.abc import Iterator

from skein.ids import NOBODY
from skein.ticks import ticks_add, ticks_diff

GRID_MS = (
    250  # nodes are polled at multiples of this only, so a later instant is rounded up to one
)
_LONG_AGO_MS = 10_000  # longer than any span that a node measures: what is older counts as this
_NOTHING = -(1 << 31)  # stands for None
_TALLIES = {  # they only grow, and nothing that a model sees is decided by them
    *("changes", "refused", "replaced", "evicted", "frames_in", "frames_out", "echoes"),
    *("rejected", "_now"),
    *("_calm", "_calmer_at"),  # uptime raises the score in minutes, a model's states last seconds
}
_SHORTENED = {"_beats_left": 4}  # counts down; one that is longer is as good as one of so many


class Snapshot:
    """Takes the state of one node, and puts it back.

    root: the node; the objects of the firmware that it holds are its state, too.
    claims: for each leader that the node knows of, the places of its id, its term and its beat.
    heard: of each neighbour the places of its id and of the number of its last beacon.  said: the
    place of the number of this node's own next beacon.
    """

    def __init__(self, root: object):
        self._numbers: list[tuple[dict, str]] = []
        self._arrays: list[tuple[dict, str]] = []
        self._met: set[int] = set()
        self._find(root)
        self._lengths = [len(holder[name]) for holder, name in self._arrays]
        self._instants = [
            place for place, (_, name) in enumerate(self._numbers) if name.endswith("_at")
        ]
        self._shortened = [
            (place, _SHORTENED[name])
            for place, (_, name) in enumerate(self._numbers)
            if name in _SHORTENED
        ]
        self.claims = list(self._find_claims())
        self._tables = list(self._find_tables())
        self.said = [name for _, name in self._numbers].index("_beacons")
        self.heard = list(self._find_heard())

    def take(self, now: int) -> list[int]:
        """All numbers, with instants relative to `now`."""
        state = [
            _NOTHING if holder[name] is None else holder[name] for holder, name in self._numbers
        ]
        for place, most in self._shortened:
            state[place] = min(most, state[place])
        for place in self._instants:
            state[place] = _relative(state[place], now)
        for holder, name in self._arrays:
            if name.endswith("_at"):
                state.extend(_relative(instant, now) for instant in holder[name])
            else:
                state.extend(holder[name])
        for ids, columns in self._tables:
            for row in range(len(columns[0])):
                if state[ids[row]] == NOBODY:
                    for column in columns:
                        state[column[row]] = 0  # what an empty row once held means nothing
        return state

    def put_back(self, state: list[int], now: int) -> None:
        """Make the live node what it was when `state` was taken, at `now`."""
        for (holder, name), value in zip(self._numbers, state, strict=False):
            holder[name] = None if value == _NOTHING else value
        for place in self._instants:
            holder, name = self._numbers[place]
            holder[name] = ticks_add(now, state[place])
        at = len(self._numbers)
        for (holder, name), length in zip(self._arrays, self._lengths, strict=True):
            values = state[at : at + length]
            if name.endswith("_at"):
                values = [ticks_add(now, value) for value in values]
            kept = holder[name]
            for row in range(length):
                kept[row] = values[row]
            at += length

    def _find(self, part):
        if id(part) in self._met:
            return
        self._met.add(id(part))
        holder = vars(part)
        for name, value in holder.items():
            if name in _TALLIES:
                continue
            if value is None or isinstance(value, int):
                self._numbers.append((holder, name))
            elif isinstance(value, (array, bytearray)):
                self._arrays.append((holder, name))
            elif type(value).__module__.startswith("skein."):
                self._find(value)

    def _find_claims(self) -> Iterator[tuple[int, int, int]]:
        places = {(id(holder), name): at for at, (holder, name) in enumerate(self._numbers)}
        for holder, name in self._numbers:
            if name.lstrip("_") == "beat":
                mark = "_" if name.startswith("_") else ""
                leader = "leader" if "leader" in holder else "node"
                known = id(holder)
                yield places[known, leader], places[known, mark + "term"], places[known, name]

    def _find_heard(self) -> Iterator[tuple[int, int]]:
        for columns in self._places().values():
            if "_sequences" in columns:
                yield from zip(columns["ids"], columns["_sequences"], strict=True)

    def _find_tables(self):
        for columns in self._places().values():
            if "ids" in columns:
                yield columns["ids"], list(columns.values())

    def _places(self) -> dict[int, dict[str, range]]:
        """Of each object that holds arrays: where each of them lies in the state."""
        at = len(self._numbers)
        places: dict[int, dict[str, range]] = {}
        for (holder, name), length in zip(self._arrays, self._lengths, strict=True):
            places.setdefault(id(holder), {})[name] = range(at, at + length)
            at += length
        return places


def _relative(instant, now):
    span_ms = ticks_diff(instant, now)
    if span_ms > 0:
        return -(-span_ms // GRID_MS) * GRID_MS
    return max(span_ms, -_LONG_AGO_MS)
