"""Breadth-first over all states of a trio, and what must hold in every one of them.

What is chosen: which of the frames that are on their way get lost, which node reboots and whether
its flash is kept, and who hears whom from now on.  Each lost frame, reboot and cut is one mishap,
a heal is none; a search allows so many of them, at any instants, together or apart.  When they
are used up the trio goes on alone, and the search ends where all its states are known.

Rules, for each state: a term never goes back on a node that runs; role and claim agree; a leader
gives way only to a claim above its own in (term, score, id).  Without a further mishap each
connected part comes to one leader whom all of it follow, for good.
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations

from tools.model.casting import Casting
from tools.model.story import STEP, tell
from tools.model.trio import NODES, TOPOLOGIES, WHOLE, BrokenRuleError, Trio

_UNKNOWN = -1
_PROGRESS_EVERY = 1000
_LONGEST_WAY_MS = 120_000
_NEVER = "one leader for each part never comes, though nothing goes wrong any more"


@dataclass(frozen=True)
class Found:
    """states: how many are different.  steps: how often a trio was moved.

    slowest_ms: the longest it takes, without a mishap, until all follow one leader for good.
    """

    states: int
    steps: int
    slowest_ms: int
    slowest_story: tuple[str, ...]


class Search:
    """One casting with so many mishaps.  progress(states, waiting) is called now and then."""

    def __init__(
        self, casting: Casting, mishaps: int, progress: Callable[[int, int], None] | None = None
    ):
        self._trio = Trio(casting)
        self._mishaps = mishaps
        self._progress = progress
        self._numbers: dict[bytes, int] = {}
        self._waiting: list[tuple[int, bytes, int]] = []
        self._next = array("i")  # of each state: the one that follows without a mishap
        self._next_ms = array("i")
        self._is_agreed = bytearray()
        self._astray_ms = array("i")  # without a mishap and without one leader for each part
        self._from = array("i")
        self._by: list[tuple] = []
        self._steps = 0

    def run(self) -> Found:
        """Visit all.  Raises BrokenRuleError with the story that leads to a broken rule."""
        self._meet(self._trio.state(), self._mishaps, _UNKNOWN, STEP)
        while self._waiting:
            layer, self._waiting = self._waiting, []
            for number, packed, mishaps in layer:
                self._visit(number, array("i", packed).tolist(), mishaps)
                if self._progress and number % _PROGRESS_EVERY == 0:
                    self._progress(len(self._next), len(self._waiting))
        slowest, slowest_ms = self._settle()
        story = tuple(self._story(slowest, is_with_end=True))
        return Found(len(self._next), self._steps, slowest_ms, story)

    def _visit(self, number, state, mishaps):
        try:
            self._step(number, state, mishaps)
            if mishaps:
                self._reboot(number, state, mishaps)
            self._change_links(number, state, mishaps)
        except BrokenRuleError as error:
            raise BrokenRuleError("\n".join([*self._story(number), str(error)])) from None

    def _step(self, number, state, mishaps):
        trio = self._trio
        trio.put_back(state)
        wait_ms = trio.wait_ms()
        said = trio.speak(wait_ms)
        spoken = trio.moment(wait_ms)
        for lost in _losses(len(said), mishaps):
            if lost:
                trio.put_back(spoken)
            passed_ms = 0 if lost else wait_ms
            for place, (_, other, frame) in enumerate(said):
                if place not in lost:
                    trio.hear(other, frame, passed_ms)
            self._steps += 1
            reached = trio.state(passed_ms)
            by = ("step", lost) if lost else STEP
            follower = self._meet(reached, mishaps - len(lost), number, by)
            if not lost:
                self._next[number] = follower
                self._next_ms[number] = wait_ms
                self._check_way(number, follower, wait_ms)

    def _check_way(self, number, follower, wait_ms):
        """An end of the way is looked for later; but it may have none."""
        if self._is_agreed[follower] or self._astray_ms[follower]:
            return
        self._astray_ms[follower] = self._astray_ms[number] + wait_ms
        if self._astray_ms[follower] > _LONGEST_WAY_MS:
            raise BrokenRuleError(_NEVER)

    def _reboot(self, number, state, mishaps):
        for node in range(NODES):
            for is_term_kept in (True, False):
                self._trio.put_back(state)
                self._trio.reboot(node, is_term_kept)
                self._steps += 1
                by = ("reboot", node, is_term_kept)
                self._meet(self._trio.state(), mishaps - 1, number, by)

    def _change_links(self, number, state, mishaps):
        for topology in range(len(TOPOLOGIES)):
            left = mishaps if topology == WHOLE else mishaps - 1
            if topology != state[-1] and left >= 0:
                self._steps += 1
                self._meet([*state[:-1], topology], left, number, ("links", topology))

    def _meet(self, state, mishaps, by_number, by):
        """The number of this state; a new one waits for its visit."""
        packed = array("i", state).tobytes()
        key = blake2b(packed + bytes((mishaps,)), digest_size=16).digest()
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._next)
            self._trio.put_back(state)
            self._is_agreed.append(self._trio.is_agreed())
            self._next.append(_UNKNOWN)
            self._next_ms.append(0)
            self._astray_ms.append(0)
            self._from.append(by_number)
            self._by.append(by)
            self._waiting.append((number, packed, mishaps))
        return number

    def _settle(self) -> tuple[int, int]:
        """(state, ms) of the longest way to one leader for good, without a mishap."""
        settle_ms = array("i", bytes(4 * len(self._next)))
        colour = bytearray(len(self._next))  # 0 not met, 1 on this way, 2 known
        for first in range(len(self._next)):
            way = []
            at = first
            while colour[at] == 0:
                colour[at] = 1
                way.append(at)
                at = self._next[at]
            if colour[at] == 1:
                self._check_circle(way[way.index(at) :])
                colour[at] = 2
                for each in way[way.index(at) :]:
                    colour[each] = 2
                way = way[: way.index(at)]
            for each in reversed(way):
                colour[each] = 2
                follower = self._next[each]
                if settle_ms[follower] or not self._is_agreed[each]:
                    settle_ms[each] = settle_ms[follower] + self._next_ms[each]
        slowest = max(range(len(settle_ms)), key=settle_ms.__getitem__)
        return slowest, settle_ms[slowest]

    def _check_circle(self, circle):
        """What goes on for ever once nothing goes wrong any more."""
        if not sum(self._next_ms[at] for at in circle):
            fault = "they talk for ever at one instant"
        elif not all(self._is_agreed[at] for at in circle):
            fault = _NEVER
        else:
            return
        raise BrokenRuleError("\n".join([*self._story(circle[0], is_with_end=True), fault]))

    def _story(self, number: int, is_with_end: bool = False) -> list[str]:
        """How a state came about and, if wanted, how it goes on without a mishap."""
        path = [number]
        while self._from[path[-1]] != _UNKNOWN:
            path.append(self._from[path[-1]])
        acts = [self._by[at] for at in reversed(path[:-1])]
        met = {number}
        while is_with_end and self._next[number] not in met:
            number = self._next[number]
            met.add(number)
            acts.append(STEP)
        return tell(self._trio.casting, acts)


def _losses(frames: int, most: int) -> Iterator[tuple[int, ...]]:
    """Which frames get lost: first none, then each choice of at most `most` of them."""
    for count in range(min(frames, most) + 1):
        yield from combinations(range(frames), count)
