"""What travels: messages, and the frames that carry them."""

from dataclasses import dataclass

CRITICAL, HIGH, NORMAL, LOW = range(4)
PRIORITY_NAMES = ("CRITICAL", "HIGH", "NORMAL", "LOW")


@dataclass(slots=True, frozen=True)
class Message:
    """One thing that a node wants others to know.

    number: its place in the run's traffic.  born_us: the instant it is handed to its source.
    """

    number: int
    source: int
    born_us: int
    payload_bytes: int
    priority: int = NORMAL
    topic: str = "all"


@dataclass(slots=True)
class Frame:
    """Bytes on the air, and which message they serve; None for beacons and other overhead.

    content: whatever the stations of one protocol agree on: bytes, or numbers.
    is_garbage: the bytes mean nothing; stations that do not read bytes never hear such a frame.
    address: the number of the node from whose radio it seems to come; None where radios have none.
    """

    length_bytes: int
    message: Message | None
    content: object = None
    is_garbage: bool = False
    address: int | None = None
