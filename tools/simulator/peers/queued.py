"""What all peers share: frames wait in a queue, one at a time, a delay drawn before each try."""

from collections import deque

from tools.simulator.frame import Frame, Message
from tools.simulator.station import Station


class QueuedStation(Station):
    """Sends the head of its queue after `delay_us`, looking at the channel first.

    `copies_heard[message]` counts receptions of a message, also of the node's own.
    """

    hears_garbage = False

    def __init__(self, number: int, run):
        super().__init__(number, run)
        self.dice = run.dice.stream(f"station {number}")
        self.copies_heard: dict[int, int] = {}
        self._queue: deque[Frame] = deque()

    def delay_us(self, frame: Frame) -> int:
        """How long to wait before the next try."""
        raise NotImplementedError

    def is_needless(self, frame: Frame) -> bool:
        """True when a waiting frame need no longer be sent."""
        return False

    def airtime_us(self, frame: Frame) -> int:
        return self.run.phy.airtime_us(frame.length_bytes)

    def offer(self, frame: Frame) -> None:
        """Put a frame at the end of the queue."""
        self._queue.append(frame)
        if len(self._queue) == 1:
            self._wait(self.delay_us(frame))

    def hear(self, frame: Frame, rssi_dbm: float, snr_db: float) -> None:
        message = frame.message
        copies = self.copies_heard.get(message.number, 0)
        self.copies_heard[message.number] = copies + 1
        if message.source != self.number and copies == 0:
            self.run.ledger.delivered(message, self.number)
            self.hear_first(frame, snr_db)

    def hear_first(self, frame: Frame, snr_db: float) -> None:
        """The first copy of somebody else's message arrived."""
        raise NotImplementedError

    def sent(self, frame: Frame) -> None:
        self._next()

    def busy(self, frame: Frame) -> None:
        """The channel was busy: draw a new delay."""
        self._wait(self.delay_us(frame))

    def _wait(self, delay_us):
        self.after(delay_us, self._try)

    def _try(self):
        frame = self._queue[0]
        if self.air.is_busy(self.number):
            self.busy(frame)
        elif self.is_needless(frame):
            self._next()
        else:
            self.air.transmit(self.number, frame, self.airtime_us(frame))

    def _next(self):
        self._queue.popleft()
        if self._queue:
            self._wait(self.delay_us(self._queue[0]))


def first_frame(message: Message, header_bytes: int, content: object) -> Frame:
    """A message as its source sends it."""
    return Frame(header_bytes + message.payload_bytes, message, content)
