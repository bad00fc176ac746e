"""A query and its answers as they lie in frames.

A QUERY goes everywhere, as far as its hops reach.  Answers are carried back to who asked, each
frame with whole events, the newest first.
"""

from micropython import const

from skein import event as e
from skein import event_store as store
from skein import frame as f
from skein import ids

NODE = const(0)  # scopes: one node
CELL = const(1)  # all that follow the same leader, and the leader
SUBORDINATES = const(2)  # all that follow the one who asks
MESH = const(3)

# body of a QUERY
SCOPE = const(14)
SCOPE_ID = const(15)  # the node, the cell's leader, or the one that the subordinates follow
CLASSES = const(19)  # a bit for each class, 0 for all
NEWEST = const(20)  # how many at most, of each node
AGE_S = const(21)  # how old at most; AGE_ANY for any age
SOURCE = const(23)  # who emitted it, NOBODY for anyone
TOPIC = const(27)  # the id that the prefix has as a whole name
PREFIX_LEN = const(31)
PREFIX = const(32)
AGE_ANY = const(0xFFFF)
NEWEST_MAX = const(20)
PREFIX_MAX = const(32)  # e.TOPIC_MAX

# body of an answer, from courier.BODY on
QUERY_NUMBER = const(25)
PIECE = const(27)  # 0 and on; LAST_PIECE is added to the last
OWN_TOTAL = const(28)  # how many events match that the answering node emitted itself
ENTRIES = const(30)
LAST_PIECE = const(0x80)

# an entry of an answer
LENGTH = const(0)  # CUT is told by NAME_LEN
ENTRY_AGE_MS = const(1)
ENTRY_LIFE_S = const(5)
ENTRY_EVENT = const(7)  # as in the store
CUT = const(0x80)  # of NAME_LEN: the end of the payload is missing
NAME_BITS = const(0x7F)


def is_query(frame) -> bool:
    """True if the body of a frame of kind QUERY can be read."""
    if len(frame) < PREFIX or frame[SCOPE] > MESH or frame[PREFIX_LEN] > PREFIX_MAX:
        return False
    return 0 < frame[NEWEST] <= NEWEST_MAX and len(frame) == PREFIX + frame[PREFIX_LEN]


def is_entry(frame, at: int, end: int) -> bool:
    """True if a whole entry begins at `at` and lies before `end`."""
    least = ENTRY_EVENT + store.NAME
    if at + least > end or at + frame[at + LENGTH] > end or frame[at + LENGTH] < least:
        return False
    return frame[at + LENGTH] >= least + (frame[at + ENTRY_EVENT + store.NAME_LEN] & NAME_BITS)


def write(frame, scope: tuple, newest: int, prefix: bytes, filters: tuple) -> int:
    """Fill the body of a QUERY; the frame's length.

    scope: one of NODE to MESH, and the id that belongs to it.  filters: bits of the classes, the
    oldest age in seconds, and the source.
    """
    frame[SCOPE] = scope[0]
    f.put_id(frame, SCOPE_ID, scope[1])
    frame[CLASSES] = filters[0]
    frame[NEWEST] = newest
    f.put_u16(frame, AGE_S, filters[1])
    f.put_id(frame, SOURCE, filters[2])
    f.put_id(frame, TOPIC, ids.topic_id(prefix.decode()))
    frame[PREFIX_LEN] = len(prefix)
    frame[PREFIX : PREFIX + len(prefix)] = prefix
    return PREFIX + len(prefix)


def matches(query, events, number: int, now: int) -> bool:
    """True if the event `number` of a store is alive and asked for."""
    at = events.offset(number)
    held = events.bytes
    if not events.is_alive(number, now):
        return False
    if query[CLASSES] and not query[CLASSES] >> e.kind_of(held[at + store.POLICY]) & 1:
        return False
    age_s = f.get_u16(query, AGE_S)
    if age_s != AGE_ANY and events.age_ms(number, now) > age_s * 1000:
        return False
    source = f.get_id(query, SOURCE)
    if source and source != f.get_id(held, at + store.ORIGIN):
        return False
    return _has_prefix(query, held, at)


def _has_prefix(query, held, at):
    """By its name, or where that is not known by its id: a whole one, or a word and a dot."""
    if query[PREFIX_LEN] == 0:
        return True
    if held[at + store.NAME_LEN] == 0:
        asked, topic = f.get_id(query, TOPIC), f.get_id(held, at + store.TOPIC)
        return asked == topic or asked == topic & ids.PREFIX
    if held[at + store.NAME_LEN] < query[PREFIX_LEN]:
        return False
    for index in range(query[PREFIX_LEN]):  # noqa: SIM110 - a generator takes heap
        if held[at + store.NAME + index] != query[PREFIX + index]:
            return False
    return True
