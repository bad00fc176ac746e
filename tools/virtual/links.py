"""Who hears whom, and how loud: positions and range or a list of links; cuts, one-way links."""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

RSSI_AT_1_M_DBM = -40.0
DB_PER_DECADE = 30.0  # indoors; free space would be 20
_LOUDEST_DBM, _QUIETEST_DBM = -20.0, -95.0


@dataclass
class Links:
    """The links between boards, by board number.

    positions_m: board number to (x, y); a board that has none stands at the origin.
    range_m: how far a board is heard; infinite unless set.
    lora_range_m: the same for LoRa; as far as ESP-NOW unless set.
    given: (talker, listener) to RSSI in dBm; where set, positions and range count for nothing.
    """

    positions_m: dict[int, tuple[float, float]] = field(default_factory=dict)
    range_m: float = math.inf
    lora_range_m: float | None = None
    given: dict[tuple[int, int], float] | None = None
    blocked: set[tuple[int, int]] = field(default_factory=set)
    groups: list[set[int]] = field(default_factory=list)

    def rssi_dbm(self, talker: int, listener: int) -> float | None:
        """How loud `talker` is at `listener`; None when it is not heard there."""
        if (talker, listener) in self.blocked or self._group(talker) != self._group(listener):
            return None
        if self.given is not None:
            return self.given.get((talker, listener))
        distance_m = math.dist(self._position(talker), self._position(listener))
        if distance_m > self.range_m:
            return None
        loss_db = DB_PER_DECADE * math.log10(max(distance_m, 1.0))
        return min(_LOUDEST_DBM, max(_QUIETEST_DBM, RSSI_AT_1_M_DBM - loss_db))

    @cached_property
    def lora(self) -> "Links":
        """Who hears whom on LoRa."""
        if self.lora_range_m is None:
            return self
        return replace(self, range_m=self.lora_range_m)

    def _position(self, number):
        return self.positions_m.get(number, (0.0, 0.0))

    def _group(self, number):
        for index, group in enumerate(self.groups):
            if number in group:
                return index
        return -1  # those that no cut names stay together
