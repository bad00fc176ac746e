"""How far the relay of fast links spreads events, where the settings say it.

The names are those of the source designs.  What is measured is the share of its neighbours that a
node hears with an event by the time at which it would repeat it.
"""

from skein.relay import (
    INITIAL_FANOUT,
    LITTLE,
    MAX_FANOUT,
    MOST_TRIES,
    PER_FANOUT,
    PER_TRY,
    TRIES,
)


class Tuning:
    """What a Relay asks; losses are parts of 256.

    asked: a dict with any of initial_fanout and max_fanout, how many neighbours that have an event
    serve those around, at little loss and at most; adaptive_threshold, the percentage of delivery
    below which there are more of them, and more repetitions; redundancy_factor, in percent how
    often each node transmits each event at the least.
    """

    def __init__(self, asked: dict):
        self._initial = asked.get("initial_fanout", INITIAL_FANOUT)
        self._most = asked.get("max_fanout", max(self._initial, MAX_FANOUT))
        threshold = asked.get("adaptive_threshold")
        self._little = LITTLE if threshold is None else 256 * (100 - threshold) // 100
        self._redundancy = asked.get("redundancy_factor", 100)

    def fanout(self, loss: int) -> int:
        """How many neighbours that have an event serve those around that others serve, too."""
        if loss < max(1, self._little):
            return self._initial
        return min(self._most, self._initial + 1 + (loss - self._little) // PER_FANOUT)

    def most_tries(self, loss: int) -> int:
        """How often an event is transmitted at most."""
        tries = min(MOST_TRIES, TRIES + max(0, loss - self._little) // PER_TRY)
        return max(tries, (self._redundancy + 99) // 100)

    def copies(self, sequence: int) -> int:
        """How often the event with this number is transmitted at the least.

        With a redundancy of 150 % each second one goes twice, the same at all nodes.
        """
        redundancy = self._redundancy
        return redundancy * (sequence + 1) // 100 - redundancy * sequence // 100
