"""One node's part in an election, in each of its roles, and the claims it may hear."""

from fakes import LowestRoll
from skein import frame as f
from skein.election import Election
from skein.ids import NOBODY
from skein.role import FOLLOWER
from skein.ticks import ticks_add

ME = 500
SCORE = 100
TERM = 10
BETTER = 200  # a score above mine, even while I lead
WORSE = 50
LISTEN_MS = 1000  # two windows of a quarter of a period
WINDOW_MS = 500
LOSS_MS = 6000  # three periods without a beat
GRACE_MS = 250  # by which the deputy comes before the others


def listener(start=0, term=TERM):
    made = Election(ME, SCORE, term, LowestRoll())
    made.start(start)
    return made


def candidate(start=0):
    made = listener(start)
    made.become_candidate(TERM, start)
    return made


def leader(start=0):
    made = candidate(start)
    made.become_leader(start)
    return made


def follower(start=0, leader_score=BETTER):
    made = listener(start)
    hear(made, claim(900, TERM, leader_score), start)
    assert (made.role, made.leader, made.is_elected) == (FOLLOWER, 900, True)
    return made


def claim(of, term, score, is_elected=True, **fields):
    """A beacon of `sender`, itself or another, that holds this claim."""
    frame = bytearray(f.BEACON_LEN)
    f.put_header(frame, f.BEACON, 0, 0)
    f.put_origin(frame, fields.get("sender", of), 0, 0)
    f.put_id(frame, f.TERM, term)
    f.put_id(frame, f.LEADER, of)
    frame[f.LEADER_SCORE] = score
    frame[f.ROLE] = fields.get("flags", 0 if is_elected else f.RIVAL)
    frame[f.ROLE] |= f.ELECTED if is_elected else 0
    f.put_id(frame, f.DEPUTY, fields.get("deputy", NOBODY))
    f.put_period(frame, f.LEADER_PERIOD, fields.get("period_ms", 2000))
    f.put_u16(frame, f.BEAT, fields.get("beat", 100))
    frame[f.LEADER_HOPS] = fields.get("hops", 0)
    return frame


def hear(made, frame, now=0):
    made.hear_beacon(frame, now)


def outcome(made, frame, now=0):
    """(role, leader, term) after the claim was heard."""
    hear(made, frame, now)
    return (made.role, made.leader, made.term)


def run_until(made, start, ms, until):
    """Poll once a millisecond; after how many `until` held, or None."""
    for elapsed in range(1, ms + 1):
        made.poll(ticks_add(start, elapsed))
        if until(made):
            return elapsed
    return None
