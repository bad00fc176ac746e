"""What an event is: its topic, its policy, its life."""

from micropython import const

from skein import frame as f
from skein import ids
from skein import turns as q
from skein.errors import EventError
from skein.event_queue import NEVER
from skein.seen_table import NEW
from skein.ticks import ticks_add

PRODUCT = const(0)  # classes
ANOMALY = const(1)
TELEMETRY = const(2)
COMMAND = const(3)

FULL = const(0)  # propagation: to all who want it
SUMMARY = const(1)  # merged over a window, where the node keeps summaries
QUERY = const(2)  # only while somebody is known to want it
LOCAL = const(3)  # never leaves the node

PLAIN = const(0)  # delivery: each one, as it comes
LATEST = const(1)  # a newer one of the same source and topic takes its place wherever it waits
IN_ORDER = const(2)  # in the order in which the source emitted them; see ordering
CONFIRMED = const(3)  # the source learns who got it; see confirmation

_SAFE = const(14)  # turns a byte of zeros into NORMAL and LOCAL, and not into what costs most

PRIORITY_NAMES = ("CRITICAL", "HIGH", "NORMAL", "LOW")
TOPIC_MAX = const(32)  # characters in the name of a topic


def policy(priority: int, propagation: int, kind: int, delivery: int = PLAIN) -> int:
    """All four in the one byte that a frame has for them; 0 is NORMAL, LOCAL, PRODUCT, PLAIN.

    Raises EventError unless each is 0..3.
    """
    for value in (priority, propagation, kind, delivery):
        if type(value) is not int or not 0 <= value <= 3:
            raise EventError(
                f"priority, propagation, kind, delivery go from 0 to 3, not {value!r}"
            )
    return (priority | propagation << 2 | kind << 4 | delivery << 6) ^ _SAFE


def priority_of(policy_byte: int) -> int:
    return (policy_byte ^ _SAFE) & 3


def propagation_of(policy_byte: int) -> int:
    return (policy_byte ^ _SAFE) >> 2 & 3


def kind_of(policy_byte: int) -> int:
    return policy_byte >> 4 & 3


def delivery_of(policy_byte: int) -> int:
    return policy_byte >> 6


def check(payload, longest: int, policy_byte: int, life_s: int) -> None:
    """Raises EventError for what no event can have."""
    if type(policy_byte) is not int or not 0 <= policy_byte <= 255:
        raise EventError(f"a policy is what policy() gives, not {policy_byte!r}")
    longest -= policy_byte >> 7  # the delivery's byte
    if not isinstance(payload, (bytes, bytearray)):
        raise EventError(f"a payload is bytes, not {type(payload).__name__}")
    if len(payload) > longest:
        raise EventError(f"a payload is at most {longest} bytes, this is {len(payload)}")
    if type(life_s) is not int or not 0 < life_s <= f.LIFE_FOREVER:
        raise EventError(f"a life lasts 1 to {f.LIFE_MAX_S} seconds, not {life_s!r}")


def write(frame, topic: int, policy_byte: int, life_s: int, payload) -> int:
    """Fill in the body of an EVENT; the frame's length, with room for the delivery's byte."""
    f.put_id(frame, f.TOPIC, topic)
    frame[f.POLICY] = policy_byte
    f.put_u16(frame, f.LIFE_S, life_s)
    end = f.PAYLOAD + len(payload)
    frame[f.PAYLOAD : end] = payload
    return end + (policy_byte >> 7)


def is_repeat(frame, seen, now: int) -> bool:
    """True if a CONFIRMED event was met before, in a message with another number."""
    back = frame[len(frame) - 1]
    if back == 0 or delivery_of(frame[f.POLICY]) != CONFIRMED:
        return False
    number = (f.get_u16(frame, f.SEQUENCE) - back) & 0xFFFF
    return seen.meet(f.get_id(frame, f.ORIGIN), frame[f.EPOCH], number, now) != NEW


def put(queue, frame, length: int, now: int, due_at: int = -1) -> int:
    """Push an event by its own priority and life, due now or later; its slot, or -1 when refused.

    A LATEST one takes the place of its older self, and is refused beside a newer one.
    """
    policy_byte = frame[f.POLICY]
    ends_at = end_of_life(frame, now)
    if delivery_of(policy_byte) == LATEST:
        for slot in range(queue.capacity):
            held = queue.slots[slot]
            if queue.is_held(slot) and _is_same(held, frame):
                ahead = f.get_u16(frame, f.SEQUENCE) - f.get_u16(held, f.SEQUENCE)
                if ahead & 0x8000 and frame[f.EPOCH] == held[f.EPOCH]:
                    return -1
                queue.replace(slot, frame, length, now, ends_at)
                return slot
    due_at = now if due_at < 0 else due_at
    return queue.push(frame, length, priority_of(policy_byte), due_at, ends_at)


def end_of_life(frame, now: int) -> int:
    """The instant at which an event's life ends, or NEVER."""
    life_s = f.get_u16(frame, f.LIFE_S)
    return NEVER if life_s == f.LIFE_FOREVER else ticks_add(now, life_s * 1000)


def _is_same(held, frame):
    """One source and topic, and both LATEST."""
    return (
        held[f.POLICY] == frame[f.POLICY]
        and f.kind_of(held) == f.EVENT
        and f.get_id(held, f.TOPIC) == f.get_id(frame, f.TOPIC)
        and f.get_id(held, f.ORIGIN) == f.get_id(frame, f.ORIGIN)
    )


POLICY = const(0)  # of an event about which nothing was said
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

    topic: its name.  payload: bytes.  priority: CRITICAL 0 to LOW 3.  propagation: FULL, or
    SUMMARY for a payload that tells of many events.  kind: PRODUCT, ANOMALY, TELEMETRY or COMMAND.
    source: the id of the node that emitted it, as text.  hops: how many nodes passed it on.
    life_s: seconds that were left of its life on arrival, or LIFE_FOREVER.
    """

    def __init__(self, topic: str, frame, length: int):
        self.topic = topic
        if frame[f.POLICY] & f.TRAILED:
            length -= 1
        self.payload = bytes(frame[f.PAYLOAD : length])
        self.priority = priority_of(frame[f.POLICY])
        self.propagation = propagation_of(frame[f.POLICY])
        self.kind = kind_of(frame[f.POLICY])
        self.source = ids.text(f.get_id(frame, f.ORIGIN))
        self.hops = f.hops_travelled(frame)
        self.life_s = f.get_u16(frame, f.LIFE_S)

    def __repr__(self):
        return f"<{self.topic} {self.payload!r} from {self.source}>"
