"""What a protocol must bring to be run, beside its stations."""

from tools.simulator.phy import Phy
from tools.simulator.station import Station


class Protocol:
    """A name, the radio figures it wants, and a station for each node of a run.

    warm_up_us: how long its nodes are up before the traffic begins, to learn of each other.
    """

    warm_up_us = 0

    def __init__(self, name: str, phy: Phy):
        self.name = name
        self.phy = phy

    def shared(self, run) -> object:
        """What all stations of one run have in common; None when they have nothing."""
        return None

    def station(self, number: int, run, shared: object) -> Station:
        """A node that was just switched on, for the first time or again.

        `run.storage[number]` is a dictionary that survives a reboot, as flash does.
        """
        raise NotImplementedError

    def memory_bytes_per_node(self, run) -> int | None:
        """Bytes of state a node holds, where that is known."""
        return None
