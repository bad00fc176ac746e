"""Who around lacks an event that is under way on a slow link, and whether that matters.

Who was heard transmitting an event has it, and who hears that one is taken to have it, too.
"""

from micropython import const

from skein.relay import Relay

_UNKNOWN_GAIN = const(254)


class CoverageRelay(Relay):
    """The events under way.  backbone: the Backbone; the others as for Relay."""

    def __init__(self, backbone, queue, neighbours, link, dice):
        super().__init__(queue, neighbours, link, dice)
        self.backbone = backbone
        self._is_repair = bytearray(queue.capacity)

    def cover(self, slot: int, row: int) -> None:
        hearing = self.backbone.hearing
        start = slot * self._row_bytes
        self._covered[start + (row >> 3)] |= 1 << (row & 7)
        for at in range(self._row_bytes):
            self._covered[start + at] |= hearing.hearers[row * self._row_bytes + at]

    def forget_row(self, row: int) -> None:
        super().forget_row(row)
        self.backbone.forget_row(row)

    def _is_anyone_expected(self, slot):
        """True if a neighbour should pass this on, to somebody who is not known to have it."""
        for row in range(len(self._neighbours.ids)):
            if self._is_open(slot, row) and self._leads_on(row):
                return True
        return False

    def _leads_on(self, row):
        return self.backbone.is_other_member(row) and self.backbone.hearing.has_more(row)

    def _is_all_covered(self, slot):
        return self._gain(slot) == 0

    def _gain(self, slot):
        """How many neighbours may hear this node and are not known to have the event."""
        hearing = self.backbone.hearing
        if not self._is_repair[slot] and (hearing.is_called() or hearing.is_forlorn()):
            return _UNKNOWN_GAIN  # somebody may hear it whom it does not know of
        gain = 0
        for row in range(len(self._neighbours.ids)):
            gain += self._is_open(slot, row)
        return gain

    def _is_open(self, slot, row):
        """True if the neighbour in this row may hear this node and is not known to have it."""
        if self._covered[slot * self._row_bytes + (row >> 3)] & 1 << (row & 7):
            return False
        return self.backbone.hearing.may_hear(row)
