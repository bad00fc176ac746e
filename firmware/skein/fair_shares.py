"""What each neighbour may bring: a flood costs its own share, whatever its frames say.

Whoever brings more new messages than all others together, and so many that passing them on would
take an eighth of the channel, is taken less of; and so are all that send no beacons, beyond one
message a second.  What goes beyond a share is as good as not heard.
"""

from micropython import const

from skein import frame as f

_MOST_US = const(125000)  # of airtime in a second, for what one neighbour brings
_OF_STRANGERS = const(1)  # message in a second
_ALL = const(255)


class FairShares:
    """The shares of the neighbours on one link.  neighbours, link: as for a Relay."""

    def __init__(self, neighbours, link):
        self._neighbours = neighbours
        self._link = link
        self._brought = bytearray(len(neighbours.ids) + 1)  # by row; the last one: by strangers
        self._taken = bytearray(bytes((_ALL,)) * len(self._brought))  # of 256 numbers

    def expire(self) -> None:
        """A second is over: of who brought too much in it less is taken in the next one."""
        if self._link.is_slow:
            return  # such a link has a rule of its own, channel_share
        ids, histories = self._neighbours.ids, self._neighbours.histories
        around = 1
        for row in range(len(ids)):
            if ids[row] and histories[row]:
                around += 1
        most = max(1, _MOST_US // self._link.airtime_us(f.MTU // 2) // around)
        half = sum(self._brought) // 2
        for row in range(len(ids) + 1):
            brought = self._brought[row]
            if row == len(ids):
                most, half = _OF_STRANGERS, 0
            is_over = brought > most and brought > half
            self._taken[row] = _ALL * most // brought if is_over else _ALL
            self._brought[row] = 0

    def hear(self, row: int, number: int) -> bool:
        """False if a message from the neighbour in `row`, or -1, is beyond its share.

        number: names the message.  All who hear a flood take the same part of it, since they
        would bring each other the rest.
        """
        is_taken = self.is_taken(row, number)
        if not is_taken:
            self.admit(row)
        return is_taken

    def is_taken(self, row: int, number: int) -> bool:
        """What `hear` would answer; nothing is counted."""
        if row >= 0 and not self._neighbours.histories[row]:
            row = -1  # no beacon came of it: one of the strangers, who share the last place
        return number & 0xFF <= self._taken[row]

    def admit(self, row: int) -> None:
        """The neighbour in `row`, or -1, brought a new message."""
        if row >= 0 and not self._neighbours.histories[row]:
            row = -1
        self._brought[row] = min(255, self._brought[row] + 1)
