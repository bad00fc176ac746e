"""The table of members: its states, what it gives up when full, and what it counts."""

from fakes import RING_STARTS, LowestRoll
from skein.beacon_pace import BeaconPace
from skein.members import ALIVE, DEAD, LEFT, SUSPECT, TELLINGS, Members
from skein.neighbours import Neighbours
from skein.ticks import ticks_add

LIFETIME_MS = 7000
SUSPICION_MS = 8000  # four beats of 2 s
HOUR_MS = 3600000


def table(capacity=4):
    return Members(capacity, BeaconPace(LowestRoll()), Neighbours(4, LIFETIME_MS))


def state_of(members, node):
    row = members.find(node)
    return members.states[row] if row >= 0 else None


def changed_at(members, node, start, ms):
    """After how many milliseconds, stepped one by one, the state of a node first changed."""
    before = state_of(members, node)
    for elapsed in range(1, ms + 1):
        members.expire(ticks_add(start, elapsed))
        if state_of(members, node) != before:
            return elapsed
    return None


def test_a_node_that_is_heard_is_a_living_member():
    members = table()
    row = members.meet(900, 7, 0)
    assert (members.ids[row], members.boots[row], members.states[row]) == (900, 7, ALIVE)
    assert (members.count, members.changes[ALIVE], members.news[row]) == (1, 1, TELLINGS)


def test_a_member_that_its_neighbour_lost_is_suspect_and_later_dead():
    for start in RING_STARTS:
        members = table()
        members.meet(900, 0, start)
        assert changed_at(members, 900, start, 9000) == LIFETIME_MS
        assert (state_of(members, 900), members.count) == (SUSPECT, 1)
        since = ticks_add(start, LIFETIME_MS)
        assert changed_at(members, 900, since, 9000) == SUSPICION_MS
        assert (state_of(members, 900), members.count) == (DEAD, 0)
        assert list(members.changes) == [1, 1, 1, 0]


def test_a_member_that_others_told_of_is_suspect_only_after_the_silence():
    for start in RING_STARTS:
        members = table()
        members.be_told(900, 0, start, start)
        silence_ms = members.silence_ms()
        assert silence_ms > 3 * LIFETIME_MS
        assert changed_at(members, 900, start, silence_ms + 9) == silence_ms


def test_the_silence_grows_with_the_cell_and_has_an_end():
    members = table(capacity=100)
    before_ms = members.silence_ms()
    members.meet(900, 0, 0)
    assert members.silence_ms() == before_ms + 4000
    members._pace.beat_ms = 4000000
    assert members.silence_ms() == 7200000


def test_a_large_cell_gives_a_suspect_more_time():
    members = table(capacity=17)
    for node in range(900, 917):
        members.meet(node, 0, 0)
    members.turn(members.find(900), SUSPECT, 0)
    more_ms = 2 * members._pace.beat_ms  # one heartbeat for every eight members
    members.expire(SUSPICION_MS + more_ms - 1)
    assert state_of(members, 900) == SUSPECT
    members.expire(SUSPICION_MS + more_ms)
    assert state_of(members, 900) == DEAD


def test_later_evidence_refutes_a_suspicion():
    members = table()
    row = members.meet(900, 0, 0)
    members.turn(row, SUSPECT, 7000)
    members.hear(row, 0, 7001)
    assert (members.states[row], members.refuted) == (ALIVE, 1)
    assert list(members.changes) == [1, 1, 0, 0]


def test_who_lost_a_member_must_be_content_with_what_others_tell():
    members = table()
    row = members.meet(900, 0, 0)
    members.turn(row, SUSPECT, 7000)
    members.accept(row, 0, 6000, 7000)
    members.turn(row, ALIVE, 7000)
    members.expire(6000 + LIFETIME_MS)
    assert members.states[row] == ALIVE
    members.hear(row, 0, 20000)
    members.expire(20000 + LIFETIME_MS)
    assert members.states[row] == SUSPECT


def test_a_dead_member_that_is_heard_again_has_returned():
    members = table()
    row = members.meet(900, 0, 0)
    members.turn(row, DEAD, 100)
    assert members.count == 0
    members.hear(row, 0, 200)
    assert (members.states[row], members.count, members.changes[ALIVE]) == (ALIVE, 1, 2)


def test_a_rebooted_member_is_itself_again_at_once():
    members = table()
    row = members.meet(900, 255, 0)
    members.news[row] = 0
    members.hear(row, 0, 50)
    assert (members.boots[row], members.states[row], members.since[row]) == (0, ALIVE, 50)
    assert (members.news[row], members.changes[ALIVE], members.count) == (TELLINGS, 2, 1)
    members.turn(row, LEFT, 60)
    members.hear(row, 1, 70)
    assert (members.states[row], members.count, members.changes[ALIVE]) == (ALIVE, 1, 3)


def test_a_newcomer_is_told_of_everybody():
    members = table()
    known = members.meet(900, 0, 0)
    gone = members.meet(901, 0, 0)
    members.turn(gone, LEFT, 0)
    for news in (known, gone):
        members.news[news] = 0
    members.meet(902, 0, 10)
    assert (members.news[known], members.news[gone]) == (1, 0)


def test_evidence_never_makes_a_row_older():
    for start in RING_STARTS:
        members = table()
        row = members.meet(900, 0, start)
        members.accept(row, 0, ticks_add(start, -5), start)
        assert members.heard_at[row] == start
        members.accept(row, 0, ticks_add(start, 5), start)
        assert members.heard_at[row] == ticks_add(start, 5)


def test_the_departed_are_forgotten_after_an_hour():
    for state in (DEAD, LEFT):
        for start in RING_STARTS:
            members = table()
            members.turn(members.meet(900, 0, start), state, start)
            members.expire(ticks_add(start, HOUR_MS - 1))
            assert state_of(members, 900) == state
            members.expire(ticks_add(start, HOUR_MS))
            assert state_of(members, 900) is None
            assert members.count == 0


def test_a_full_table_gives_up_who_departed_longest_ago():
    for start in RING_STARTS:
        members = table(3)
        for node, state, ms in ((900, DEAD, 30), (901, LEFT, 20), (902, ALIVE, 10)):
            members.turn(members.meet(node, 0, start), state, ticks_add(start, ms))
        assert members.be_told(903, 0, start, start) == 1
        assert members.meet(904, 0, start) == 0
        assert sorted(members.ids) == [902, 903, 904]
        assert (members.count, members.displaced, members.refused) == (3, 0, 0)


def test_a_full_table_refuses_whom_others_tell_of_while_its_members_live():
    members = table(2)
    members.meet(900, 0, 0)
    members.turn(members.be_told(901, 0, 0, 0), SUSPECT, 0)
    assert members.be_told(902, 0, 5, 5) == -1
    assert (members.refused, members.count) == (1, 2)


def test_a_node_that_is_heard_takes_the_place_of_the_one_told_of_longest_ago():
    for start in RING_STARTS:
        members = table(3)
        members.be_told(900, 0, ticks_add(start, 9), start)
        members.be_told(901, 0, start, start)
        members.meet(902, 0, ticks_add(start, -20))
        assert members.meet(903, 0, start) == 1
        assert sorted(members.ids) == [900, 902, 903]
        assert (members.displaced, members.count) == (1, 3)
        assert members.meet(904, 0, start) == 0
        assert members.meet(905, 0, start) == -1
        assert members.refused == 1


def test_a_cleared_table_knows_nobody():
    members = table()
    members.meet(900, 0, 0)
    members.clear()
    assert (members.find(900), members.count) == (-1, 0)
