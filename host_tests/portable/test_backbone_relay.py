"""What a node on a slow link passes on, repeats and repairs."""

from test_hearing import LINK, ME, told

from fakes import RING_STARTS, FakeRadio, LowestRoll
from skein import beacon_parts as p
from skein import event as e
from skein import frame as f
from skein import hearing_frame as h
from skein.backbone_relay import BackboneRelay
from skein.election import Election
from skein.event_queue import EventQueue
from skein.neighbours import Neighbours
from skein.settings import NodeSettings
from skein.ticks import ticks_add, ticks_diff
from skein.turns import HIGH

AIRTIME_MS = 10


class SlowRadio(FakeRadio):
    is_slow = True

    def airtime_us(self, length):
        return AIRTIME_MS * 1000 - 1


def relay(neighbours=3):
    """A relay among so many neighbours, with the ids from 100 and the rows from 0 on."""
    table = Neighbours(20, 5000)
    queue = EventQueue(4, f.MTU)
    made = BackboneRelay(NodeSettings(node=ME), queue, table, SlowRadio(), LowestRoll())
    made.backbone.join(Election(ME, 0, 0, LowestRoll()))
    for node in range(100, 100 + neighbours):
        made.forget_row(table.admit(node, 0))
    return made


def event(sequence=1, origin=7):
    frame = bytearray(f.PAYLOAD)
    f.put_header(frame, f.EVENT, 0, 7)
    f.put_origin(frame, origin, 0, sequence)
    frame[f.POLICY] = e.ANOMALY_POLICY
    f.put_u16(frame, f.LIFE_S, 600)
    return frame


def hear(made, row, now=0, sequence=1):
    """Hear a new event from a neighbour; its slot, or -1 when it is left to others."""
    frame = event(sequence)
    if not made.takes(frame, row, now):
        return -1
    slot = made.add(frame, len(frame), now)
    f.pass_on(made.queue.slots[slot], ME)
    made.cover(slot, row)
    made.schedule(slot, row, now)
    return slot


def sendings(made, start, ms):
    """After how many milliseconds something was transmitted."""
    sent = []
    for elapsed in range(ms):
        now = ticks_add(start, elapsed)
        slot = made.queue.take(now)
        if slot >= 0:
            made.after_send(slot, now)
            sent.append(elapsed)
    return sent


def test_what_is_passed_on_is_sent_once():
    for start in RING_STARTS:
        made = relay()
        hear(made, 0, start)
        assert len(sendings(made, start, 9000)) == 1
        assert len(made.queue) == 0


def test_it_stays_silent_once_all_who_may_hear_it_have_it():
    made = relay()
    slot = hear(made, 0)
    made.hear_again(slot, 1)
    assert made.cancelled == 0  # the one in row 2 may have it from nobody else
    made.hear_again(slot, 2)
    assert (len(made.queue), made.cancelled) == (0, 1)


def test_who_hears_the_one_that_transmits_has_the_event_too():
    made = relay()
    made.backbone.hear(told((ME, LINK), (101, LINK)), 2, 0)
    slot = hear(made, 0)
    made.hear_again(slot, 1)
    assert made.cancelled == 1  # 102 hears 101


def test_who_does_not_hear_this_node_is_not_waited_for():
    made = relay()
    made.backbone.hear(told((ME, LINK), (55, LINK)), 0, 0)
    made.backbone.hear(told((55, LINK)), 1, 0)
    made.backbone.hear(told((55, LINK)), 2, 0)
    assert hear(made, 0) >= 0
    assert made.cancelled == 1


def test_who_is_heard_by_nobody_it_knows_of_sends_blindly():
    made = relay(1)
    made.backbone.hear(told((55, LINK)), 0, 0)
    hear(made, 0)
    assert made.cancelled == 0
    assert len(sendings(made, 0, 1000)) == 1


def test_who_is_called_sends_although_all_it_knows_of_have_it():
    made = relay(1)
    frame = told((ME, LINK)) + bytes((ME, 0))
    frame[h.PLACE] = 1 << 4
    made.backbone.hear(frame, 0, 0)
    hear(made, 0)
    assert len(sendings(made, 0, 100)) == 1


def test_beside_the_backbone_it_leaves_to_others_what_they_can_hear():
    made = relay()
    made.backbone.is_member = False
    made.backbone.hear(told((ME, LINK)), 0, 0)
    assert hear(made, 0) == -1
    assert made.left_to_others == 1


def test_beside_the_backbone_it_steps_in_for_one_that_others_may_not_hear():
    for start in RING_STARTS:
        made = relay()
        made.backbone.is_member = False
        hear(made, 0, start)
        sent = sendings(made, start, 1000)
        assert sent == [8 * AIRTIME_MS]  # not before the others had a chance
        slot = hear(made, 0, start, sequence=2)
        made.hear_again(slot, 1)
        assert sendings(made, start, 1000) == []


def test_beside_the_backbone_it_steps_in_for_somebody_only():
    made = relay(1)
    made.backbone.is_member = False
    made.cover(hear(made, 0), 0)
    assert (len(made.queue), made.cancelled) == (0, 1)


def test_its_own_event_is_sent_three_times_while_nobody_leads_on():
    for start in RING_STARTS:
        made = relay(1)
        made.backbone.hear(told((ME, LINK), (55, LINK)), 0, start)
        made.add(event(origin=ME), f.PAYLOAD, start)
        assert sendings(made, start, 1000) == [0, 6 * AIRTIME_MS, 18 * AIRTIME_MS]
        assert (made.retries, made.gave_up) == (2, 1)


def test_its_own_event_is_sent_once_when_a_copy_is_heard_or_no_neighbour_leads_on():
    made = relay(1)
    made.backbone.hear(told((ME, LINK), (55, LINK)), 0, 0)
    slot = made.add(event(origin=ME), f.PAYLOAD, 0)
    assert sendings(made, 0, 1) == [0]
    made.hear_again(slot, 0)
    assert sendings(made, 1, 1000) == []
    made.backbone.hear(told((ME, LINK)), 0, 0)
    made.add(event(2, origin=ME), f.PAYLOAD, 0)
    assert sendings(made, 0, 1000) == [0]


def lacking(made, row, *sequences, now=0):
    """The neighbour in `row` tells in a beacon that of the young events it has these."""
    other = relay(0)
    for sequence in sequences:
        other.repair.keep(event(sequence), f.PAYLOAD, now)
    frame = bytearray(f.MTU)
    made._hear_digest(frame[: other.repair.write(frame, f.BEACON_LEN, now)], row, now)


def heard_by(made, *rows):
    for row in rows:
        made.backbone.hear(told((ME, LINK)), row, 0)


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


def critical(sequence=1):
    frame = event(sequence)
    frame[f.POLICY] = e.CRITICAL_POLICY
    return frame


def test_on_a_crowded_channel_only_what_is_critical_is_passed_on():
    made = relay()
    made.share.permille = 1000
    assert not made.takes(event(), 0, 0)
    assert made.takes(critical(), 0, 0)
    assert made.share.gave_way == 1


def test_what_is_critical_is_repeated_once_while_nobody_who_should_passes_it_on():
    for start in RING_STARTS:
        made = relay(2)
        made.backbone.hear(told((ME, LINK), (55, LINK)), 1, start)
        for frame, times in ((event(1), 1), (critical(2), 2)):
            slot = made.add(frame, len(frame), start)
            f.pass_on(made.queue.slots[slot], ME)
            made.cover(slot, 0)
            made.schedule(slot, 0, start)
            assert len(sendings(made, start, 2000)) == times


def test_what_is_heard_counts_as_use_of_the_channel():
    made = relay()
    made.start(0)
    for _ in range(2):
        made.hear_frame(event(2), 0, 100)
    made.poll(4000)
    assert made.share.permille == 1000 * 2 * AIRTIME_MS // 4000 // 4


def test_on_a_crowded_channel_its_own_event_is_sent_once_but_an_alarm_three_times():
    made = relay(1)
    made.backbone.hear(told((ME, LINK), (55, LINK)), 0, 0)
    made.share.permille = 1000
    for frame, times in ((event(1), 1), (critical(2), 3)):
        f.put_id(frame, f.ORIGIN, ME)
        made.add(frame, len(frame), 0)
        assert len(sendings(made, 0, 2000)) == times


class HighestRoll(LowestRoll):
    def randrange(self, n):
        return n - 1


def test_on_a_used_channel_what_is_not_critical_is_spread_over_more_airtimes():
    for permille, airtimes in ((0, 4), (300, 11)):
        made = relay()
        made._dice = HighestRoll()
        made.share.permille = permille
        hear(made, 0)
        assert sendings(made, 0, 9000) == [airtimes * AIRTIME_MS - 1]
    slot = made.add(critical(2), f.PAYLOAD, 0)
    made.schedule(slot, 0, 0)
    assert sendings(made, 0, 9000)[0] == 4 * AIRTIME_MS - 1


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
