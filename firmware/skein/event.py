"""What an event is: its topic, its policy, its life."""

from micropython import const

from skein import event_queue as q
from skein import frame as f
from skein import ids

PRODUCT = const(0)  # classes
ANOMALY = const(1)
TELEMETRY = const(2)
COMMAND = const(3)

FULL = const(0)  # propagation: to all who want it
SUMMARY = const(1)  # merged over a window; no node makes one yet
QUERY = const(2)  # only while somebody is known to want it
LOCAL = const(3)  # never leaves the node

PRIORITY_NAMES = ("CRITICAL", "HIGH", "NORMAL", "LOW")
TOPIC_MAX = const(32)  # characters in the name of a topic


def policy(priority: int, propagation: int, kind: int) -> int:
    """Priority, propagation and class in the one byte that a frame has for them."""
    return priority | propagation << 2 | kind << 4


def priority_of(policy_byte: int) -> int:
    return policy_byte & 3


def propagation_of(policy_byte: int) -> int:
    return policy_byte >> 2 & 3


def kind_of(policy_byte: int) -> int:
    return policy_byte >> 4 & 3


# What the source documents give each kind of event: policy and life in seconds.
PRODUCT_POLICY = policy(q.NORMAL, FULL, PRODUCT)
PRODUCT_LIFE_S = const(300)
TELEMETRY_POLICY = policy(q.LOW, QUERY, TELEMETRY)
TELEMETRY_LIFE_S = const(3600)
ANOMALY_POLICY = policy(q.HIGH, FULL, ANOMALY)
ANOMALY_LIFE_S = const(600)
CRITICAL_POLICY = policy(q.CRITICAL, FULL, ANOMALY)
CRITICAL_LIFE_S = const(300)
COMMAND_POLICY = policy(q.HIGH, FULL, COMMAND)
COMMAND_LIFE_S = const(300)


class Event:
    """An event as the application meets it.

    topic: its name.  payload: bytes.  priority: CRITICAL 0 to LOW 3.  kind: PRODUCT, ANOMALY,
    TELEMETRY or COMMAND.  source: the id of the node that emitted it, as text.  hops: how many
    nodes passed it on.  life_s: seconds that were left of its life on arrival, or LIFE_FOREVER.
    """

    def __init__(self, topic: str, frame, length: int):
        self.topic = topic
        self.payload = bytes(frame[f.PAYLOAD : length])
        self.priority = priority_of(frame[f.POLICY])
        self.kind = kind_of(frame[f.POLICY])
        self.source = ids.text(f.get_id(frame, f.ORIGIN))
        self.hops = f.hops_travelled(frame)
        self.life_s = f.get_u16(frame, f.LIFE_S)

    def __repr__(self):
        return f"<{self.topic} {self.payload!r} from {self.source}>"
