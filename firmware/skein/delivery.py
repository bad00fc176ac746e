"""What becomes of something that its source wants to be acknowledged."""

from micropython import const

WAITING = const(0)  # states of a receipt
DELIVERED = const(1)
EXPIRED = const(2)


class Receipt:
    """What became of one event, or of one send.

    state: WAITING; DELIVERED once as many have it as were known to want it, or at its end if that
    was not known and somebody has it; else EXPIRED.  acknowledged: how many have it, as far as
    they can be told apart.  expected: how many were known to want it, 0 if that was not known;
    where three or more want a topic, others may not say so.
    """

    def __init__(self, expected: int):
        self.state = WAITING
        self.acknowledged = 0
        self.expected = expected

    def end(self) -> None:
        """Nothing more is done for it: settle what still waits."""
        if self.state == WAITING:
            is_read = self.acknowledged > 0 and self.expected == 0
            self.state = DELIVERED if is_read else EXPIRED
