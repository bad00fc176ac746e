"""Chance by purpose: each use of chance has a stream of its own, so one cannot disturb another."""

from random import Random


class Dice:
    """All streams of one run. The same seed and purpose give the same stream on every machine."""

    def __init__(self, seed: int):
        self.seed = seed

    def stream(self, purpose: str) -> Random:
        """A fresh stream for `purpose`; asking twice gives two equal streams."""
        return Random(f"skein {self.seed} {purpose}")
