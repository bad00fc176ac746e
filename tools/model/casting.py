"""What the three nodes of the model are cast with: scores, dice, a radio, and no messages."""

from dataclasses import dataclass

from tools.model.snapshot import GRID_MS

BEATS = 0x10000  # heartbeats count modulo this


@dataclass(frozen=True)
class Casting:
    """scores: of the three nodes.  shares: where in its range each one's dice always fall."""

    scores: tuple[int, int, int]
    shares: tuple[float, float, float]


class FixedDice:
    """share: where in its range each throw falls.

    fresh_beat: gives a count of beats to begin from, which no node knows a beat near of.
    """

    def __init__(self, share, fresh_beat):
        self._share = share
        self._fresh_beat = fresh_beat

    def randrange(self, n):
        if n == BEATS:
            return self._fresh_beat()
        return int(n * self._share) if n >= GRID_MS else 0


class Radio:
    """The figures of ESP-NOW at 1 Mb/s."""

    is_slow = False
    slot_us = 1000

    def airtime_us(self, length):
        return 192 + (43 + length) * 8


class NoMessages:
    """In the place of Diffusion: nothing to tell, nothing to hear, and nothing due before `at`."""

    def __init__(self, at: int):
        self._at = at

    def __getattr__(self, _name):
        return self

    def __call__(self, *_arguments):
        return None

    def take(self, _out, _now):
        return False

    def next_deadline(self):
        return self._at
