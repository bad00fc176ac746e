"""The events that a node has to ask its neighbours for, and whom to ask."""

from array import array

from micropython import const

from skein import frame as f
from skein import offer_frame as o
from skein.ids import NOBODY

_PLACES = const(16)  # one that finds none is offered again


class Missed:
    """At most 16 events by name, each with the neighbour that offered it and is heard best."""

    def __init__(self):
        self._names = [bytearray(o.NAME_LEN) for _ in range(_PLACES)]
        self._offerers = array("i", bytes(4 * _PLACES))
        self._rssi_dbm = array("b", bytes(_PLACES))
        self._are_there = False  # since the last time that nothing was found

    def note(self, offer, at: int, offerer: int, rssi_dbm: int) -> None:
        """The event whose name lies at an offset of an offer is missed here."""
        free = -1
        for place in range(_PLACES):
            if not self._offerers[place]:
                free = place
            elif o.is_same(self._names[place], 0, offer, at):
                if rssi_dbm <= self._rssi_dbm[place]:
                    return
                free = place
                break
        if free >= 0:
            for offset in range(o.NAME_LEN):
                self._names[free][offset] = offer[at + offset]
            self._are_there = True
            self._offerers[free] = offerer
            self._rssi_dbm[free] = rssi_dbm

    def forget(self, frame, at: int) -> None:
        """The event whose name lies at an offset of some frame is on its way, or here."""
        if not self._are_there:
            return
        self._are_there = False
        for place in range(_PLACES):
            if self._offerers[place]:
                if o.is_same(self._names[place], 0, frame, at):
                    self._offerers[place] = NOBODY
                else:
                    self._are_there = True

    def write_ask(self, buffer) -> int:
        """Ask one neighbour for all that it offered, and forget that; the frame's length."""
        asked = NOBODY
        length = o.FIRST
        for place in range(_PLACES):
            offerer = self._offerers[place]
            if offerer and (not asked or asked == offerer):
                asked = offerer
                self._offerers[place] = NOBODY
                length = o.copy(buffer, length, self._names[place], 0)
        f.put_id(buffer, o.ASKED, asked)
        return length
