"""What a node on a slow link repairs for neighbours that missed it."""

from fakes import RING_STARTS
from hearing_lists import ME
from skein import beacon_parts as p
from skein import event as e
from skein import frame as f
from skein.ticks import ticks_add, ticks_diff
from skein.turns import HIGH
from slow_relay import critical, event, hear, heard_by, lacking, relay, sendings


def test_a_neighbour_that_lacks_a_young_event_is_sent_it_again():
    for start in RING_STARTS:
        made = relay()
        heard_by(made, 0, 1, 2)
        hear(made, 0, start)
        sendings(made, start, 1000)
        now = ticks_add(start, 1000)
        lacking(made, 1, 1, now=now)
        assert len(made.queue) == 0
        lacking(made, 1, now=now)
        slot = made.find(7, 0, 1)
        assert f.get_id(made.queue.slots[slot], f.SENDER) == ME
        assert f.hops_travelled(made.queue.slots[slot]) == 1
        assert made.queue.priorities[slot] == HIGH
        assert ticks_diff(start, now) + made.queue.life_ms(slot, start) == 600000 - 1000
        assert len(sendings(made, now, 1000)) == 1
        assert made.repair.repaired == 1


def test_a_repair_is_cancelled_when_all_who_lacked_it_have_it():
    made = relay()
    heard_by(made, 0, 1, 2)
    hear(made, 0)
    sendings(made, 0, 1000)
    lacking(made, 1, now=1000)
    lacking(made, 2, now=1000)
    assert made.repair.repaired == 1
    slot = made.find(7, 0, 1)
    made.hear_again(slot, 0)
    made.hear_again(slot, 1)
    assert made.queue.is_held(slot)
    made.hear_again(slot, 2)
    assert not made.queue.is_held(slot)


def test_beside_the_backbone_a_node_repairs_only_what_was_missed_twice():
    made = relay()
    heard_by(made, 0, 1, 2)
    made.backbone.is_member = False
    hear(made, 0)
    lacking(made, 1, now=1000)
    assert len(made.queue) == 0
    lacking(made, 1, now=2000)
    assert len(made.queue) == 1


def test_who_is_not_known_to_hear_this_node_is_not_repaired():
    made = relay()
    hear(made, 0)
    sendings(made, 0, 1000)
    lacking(made, 1, now=1000)
    lacking(made, -1, now=1000)
    assert len(made.queue) == 0


def test_of_latest_events_and_declarations_nothing_is_kept():
    made = relay()
    heard_by(made, 0, 1, 2)
    for kind, delivery in ((f.EVENT, e.LATEST), (f.INTEREST, e.PLAIN)):
        frame = event()
        f.put_header(frame, kind, 0, 7)
        frame[f.POLICY] = e.policy(HIGH, e.FULL, e.PRODUCT, delivery)
        made.takes(frame, 0, 0)
    frame = bytearray(f.MTU)
    assert made.repair.write(frame, f.BEACON_LEN, 0) == p.FIRST_ROW


def test_what_is_not_passed_on_is_still_told_of_and_repaired():
    made = relay()
    heard_by(made, 0, 1, 2)
    made.share.permille = 1000
    assert hear(made, 0) == -1
    last_hop = event(2)
    f.put_header(last_hop, f.EVENT, 0, 0)
    made.takes(last_hop, 0, 0)
    frame = bytearray(f.MTU)
    assert made.repair.write(frame, f.BEACON_LEN, 0) == p.FIRST_ROW + 2
    kept = made.repair.frame(made.repair.place(0), 0)
    assert f.get_id(kept, f.SENDER) == ME and f.hops_left(kept) == 0


def test_where_alarms_leave_little_room_only_they_are_repaired():
    made = relay()
    heard_by(made, 0, 1, 2)
    for frame in (event(1), critical(2)):
        made.takes(frame, 0, 0)
    made.share.permille = 150
    lacking(made, 1, now=1000)
    assert (made.find(7, 0, 1), made.find(7, 0, 2)) == (-1, 0)
    made.share.permille = 140
    lacking(made, 1, now=1000)
    assert made.find(7, 0, 1) == 1
