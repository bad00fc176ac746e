"""What neighbours missed, and how much is done about it."""

from fakes import RING_STARTS, FakeRadio, LowestRoll
from skein import beacon_parts as p
from skein import event as e
from skein import frame as f
from skein.repair import Repair
from skein.ticks import ticks_add

AIRTIME_MS = FakeRadio().airtime_us(f.PAYLOAD) // 1000 + 1
LATER_MS = 10000  # no longer fresh


def event(sequence, life_s=600, origin=50):
    frame = bytearray(f.PAYLOAD)
    f.put_header(frame, f.EVENT, 0, 7)
    f.put_origin(frame, origin, 0, sequence)
    frame[f.POLICY] = e.ANOMALY_POLICY
    f.put_u16(frame, f.LIFE_S, life_s)
    return frame


def kept(count, now=0, first=0):
    """A Repair that met so many events at `now`."""
    made = Repair(FakeRadio(), LowestRoll())
    for sequence in range(first, first + count):
        made.keep(event(sequence), f.PAYLOAD, now)
    return made


def beacon(repair, rows=0):
    """The BEACON that a node with these events would send, with so many rows of members."""
    frame = bytearray(f.MTU)
    at = f.BEACON_LEN
    if rows:
        frame[p.WHAT] = rows
        at = p.FIRST_ROW + rows * p.ROW_LEN
        for row in range(rows):
            frame[p.FIRST_ROW + row * p.ROW_LEN] = 9
    return frame[: repair.write(frame, at, 0)]


def missing(mine, theirs, now):
    """Of the events that the digest can be asked about, those that its sender lacks."""
    places = [mine.place(back) for back in range(mine.covered_by(theirs))]
    return [place for place in places if mine.lacks(theirs, place, now)]


def test_an_event_that_a_neighbour_s_digest_lacks_is_found():
    for start in RING_STARTS:
        mine = kept(3, start)
        now = ticks_add(start, LATER_MS)
        assert missing(mine, beacon(kept(2, start)), now) == [2]
        assert missing(mine, beacon(kept(0)), now) == [2, 1, 0]
        assert missing(mine, beacon(kept(3, start)), now) == []


def test_the_digest_follows_the_rows_of_members():
    mine = kept(3)
    theirs = beacon(kept(2), rows=2)
    assert p.check(theirs) and p.count_of(theirs) == 2
    assert missing(mine, theirs, LATER_MS) == [2]


def test_the_digest_follows_the_part_of_the_tiers():
    frame = bytearray(f.MTU)
    frame[p.WHAT] = p.TIERS
    end = kept(2).write(frame, p.FIRST_ROW + p.TIERS_LEN, 0)
    theirs = frame[:end]
    assert p.check(theirs) and p.tiers_at(theirs) == p.FIRST_ROW
    assert missing(kept(3), theirs, LATER_MS) == [2]


def test_a_beacon_without_a_digest_or_with_one_that_is_too_long_says_nothing():
    mine = kept(3)
    assert mine.covered_by(bytearray(f.BEACON_LEN)) == 0
    assert mine.covered_by(bytearray(f.BEACON_LEN + 1)) == 0
    theirs = beacon(kept(20))
    assert len(theirs) == p.FIRST_ROW + p.DIGEST_MAX
    assert mine.covered_by(theirs + b"x") == 0


def test_a_full_digest_is_asked_only_about_what_is_newer_than_its_oldest():
    mine = kept(4)
    theirs = kept(p.DIGEST_MAX, first=2)  # 2, 3 and others that this node never met
    assert missing(mine, beacon(theirs), LATER_MS) == []
    assert mine.covered_by(beacon(theirs)) == 1  # 3 is newer than 2, with which the digest ends


def test_what_is_fresh_is_left_to_the_relays_and_what_is_old_is_forgotten():
    for start in RING_STARTS:
        mine = kept(1, start)
        theirs = beacon(kept(0))
        fresh_ms = 24 * AIRTIME_MS
        assert missing(mine, theirs, ticks_add(start, fresh_ms - 1)) == []
        assert missing(mine, theirs, ticks_add(start, fresh_ms)) == [0]
        assert missing(mine, theirs, ticks_add(start, 600000 - 1)) == [0]
        assert missing(mine, theirs, ticks_add(start, 600000)) == []  # others may have forgotten
        mine.expire(ticks_add(start, 1200000 - 1))
        assert len(beacon(mine)) == p.FIRST_ROW + 1
        mine.expire(ticks_add(start, 1200000))
        assert len(beacon(mine)) == p.FIRST_ROW


def test_what_has_outlived_its_life_is_not_repaired():
    mine = kept(0)
    mine.keep(event(1, life_s=60), f.PAYLOAD, 0)
    assert missing(mine, beacon(kept(0)), 59999) == [0]
    assert missing(mine, beacon(kept(0)), 60000) == []
    mine.keep(event(2, life_s=f.LIFE_FOREVER), f.PAYLOAD, 0)
    assert missing(mine, beacon(kept(0)), 60000) == [1]
    assert f.get_u16(mine.frame(1, 60000), f.LIFE_S) == f.LIFE_FOREVER
    assert f.get_u16(mine.frame(0, 20001), f.LIFE_S) == 40


def test_the_newest_push_out_the_oldest():
    mine = kept(p.DIGEST_MAX + 2)
    assert missing(mine, beacon(kept(p.DIGEST_MAX, first=2)), LATER_MS) == []
    assert mine.place(p.DIGEST_MAX - 1) == 2


def test_one_event_is_repaired_twice_and_three_at_once():
    mine = kept(6)
    assert [mine.may_send(place, 0, LATER_MS) for place in (0, 0)] == [True, True]
    assert 0 not in missing(mine, beacon(kept(0)), LATER_MS)
    assert [mine.may_send(place, 0, LATER_MS) for place in (1, 2)] == [True, False]
    assert (mine.repaired, mine.refused) == (3, 1)


def test_repairs_fill_no_more_than_a_twelfth_of_the_channel_by_all_around():
    for start in RING_STARTS:
        mine = kept(1, start)
        sent = 0
        for elapsed in range(12 * 4 * AIRTIME_MS * 10):  # ten times the share of one of four
            sent += mine.may_send(0, 3, ticks_add(start, elapsed))
        assert sent == 3 + 9


def test_how_often_something_was_missed_is_counted():
    mine = kept(1)
    assert [mine.note_asked(0) for _ in range(300)][-1] == 255
    mine.keep(event(9), f.PAYLOAD, 0)
    assert mine.note_asked(1) == 1
