"""Frames between a board that sleeps and the one that keeps its events: of a kind of their own.

Whoever knows nothing of sleepers refuses them as unknown, so a sleeper is nobody's neighbour.
"""

from micropython import const

from skein import frame as f
from skein.ids import NOBODY

SLEEP = const(12)  # the kind; the header's byte HOPS tells what it is:
CALL = const(0)  # the sleeper is awake
ANSWER = const(1)  # what the keeper took, and how many events are left
DOWN = const(2)  # an EVENT for the sleeper
UP = const(3)  # and one of the sleeper's own
WHAT = f.HOPS

# body of a CALL and an ANSWER
TO = const(14)  # the keeper, NOBODY for any; in an ANSWER the sleeper
PERIOD = const(18)  # of a CALL: within which the next one comes; see frame.put_period
LEFT = const(18)  # of an ANSWER: how many events the keeper still holds for it
COUNT = const(19)  # of what is acknowledged
MARKS = const(20)  # each origin's two low bytes and a number
MARK_LEN = const(4)
MARKS_MAX = const(8)
# after them, in a CALL, a count of wishes and for each the topic's id
TOPIC_LEN = const(4)
TOPICS_MAX = const(8)
LONGEST = const(85)  # MARKS + 8 * MARK_LEN + 1 + 8 * TOPIC_LEN


def put_header(frame, what: int, mesh: int) -> None:
    """Begin a CALL or an ANSWER."""
    f.put_header(frame, SLEEP, mesh, 0)
    frame[WHAT] = what


def dress(frame, what: int, node: int) -> None:
    """Turn an EVENT into what `node` sends DOWN or UP."""
    frame[f.KIND] = f.VERSION << 5 | SLEEP
    frame[WHAT] = what
    f.put_id(frame, f.SENDER, node)


def undress(frame, hops: int) -> None:
    """Turn it into an EVENT that has so many hops to go."""
    frame[f.KIND] = f.VERSION << 5 | f.EVENT
    frame[f.HOPS] = hops << 4


def is_one(frame) -> bool:
    """True for a frame of this kind, sound or not."""
    return len(frame) > f.KIND and frame[f.KIND] == f.VERSION << 5 | SLEEP


def check(frame, mesh: int) -> bool:
    """True if this frame of this kind may be read."""
    length = len(frame)
    if length < f.HEADER_LEN or length > f.MTU or frame[f.MESH] != mesh:
        return False
    if (frame[f.SENDER + 3] | frame[f.ORIGIN + 3]) > 0x3F or f.get_id(frame, f.ORIGIN) == NOBODY:
        return False
    if frame[WHAT] == DOWN or frame[WHAT] == UP:
        if length < f.PAYLOAD or frame[f.TOPIC + 3] > 0x3F:
            return False
        return length > f.PAYLOAD or not frame[f.POLICY] & f.TRAILED
    if frame[WHAT] > UP or length < MARKS or frame[COUNT] > MARKS_MAX:
        return False
    at = topics_at(frame)
    if frame[WHAT] == ANSWER:
        return length == at
    return length > at and frame[at] <= TOPICS_MAX and length == at + 1 + frame[at] * TOPIC_LEN


def topics_at(frame) -> int:
    """Where the count of wishes of a CALL is."""
    return MARKS + frame[COUNT] * MARK_LEN


def mark(frame, at: int, event) -> None:
    """Acknowledge an EVENT in the mark that begins at `at`."""
    frame[at] = event[f.ORIGIN]
    frame[at + 1] = event[f.ORIGIN + 1]
    frame[at + 2] = event[f.SEQUENCE]
    frame[at + 3] = event[f.SEQUENCE + 1]


def is_marked(frame, event) -> bool:
    """True if a CALL or an ANSWER acknowledges this EVENT."""
    for number in range(frame[COUNT]):
        at = MARKS + number * MARK_LEN
        if (
            frame[at] == event[f.ORIGIN]
            and frame[at + 1] == event[f.ORIGIN + 1]
            and frame[at + 2] == event[f.SEQUENCE]
            and frame[at + 3] == event[f.SEQUENCE + 1]
        ):
            return True
    return False
