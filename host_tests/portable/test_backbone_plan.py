"""What a node does with the backbone that its leader planned."""

from slow_air import SlowRadio

from fakes import RING_STARTS, LowestRoll
from hearing_lists import LINK, ME, told
from skein import frame as f
from skein import hearing_frame as h
from skein.backbone import Backbone
from skein.election import Election
from skein.neighbours import Neighbours
from skein.node import OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import ticks_add

LEADER = 5
HEARS_ME = (ME, LINK)


def backbone(*neighbours, now=0):
    """A node that follows LEADER, among neighbours that hear it; its own rows from 0 on."""
    table = Neighbours(20, 5000)
    made = Backbone(NodeSettings(node=ME, epoch=3), table, SlowRadio(), LowestRoll())
    election = Election(ME, 0, 0, LowestRoll())
    election.become_follower(LEADER, 0, True, now)
    made.join(election)
    made.start(now)
    for node in neighbours:
        row = table.admit(node, now)
        made.forget_row(row)
        table.periods[row] = 0x30  # 2 s
        made.hear(told(HEARS_ME, (99, LINK)), row, now)
    return made


def plan(number, *members, leader=LEADER, hops=7):
    frame = bytearray(h.HEARD + 2 * len(members))
    f.put_header(frame, f.HEARING, 0, hops)
    f.put_origin(frame, leader, 0, number)
    frame[h.PLACE] = h.PLAN
    frame[h.HEARD_COUNT] = len(members)
    frame[h.TOLD] = number
    for index, member in enumerate(members):
        f.put_u16(frame, h.HEARD + 2 * index, member)
    return frame


def sent_plans(made, start, ms):
    """The plans that it sends from `start` on."""
    out = OutgoingFrame()
    frames = []
    for elapsed in range(ms):
        now = ticks_add(start, elapsed)
        made.poll(now)
        while made.take(out, now):
            frame = bytearray(out.buffer[: out.length])
            if h.is_plan(frame):
                frames.append(frame)
    return frames


def test_a_plan_of_the_leader_is_followed_and_passed_on_once():
    for start in RING_STARTS:
        made = backbone(10, 11, now=start)
        made.hear(plan(1, 10), 0, start)
        assert made.plan.number == 1 and made.plan.names(10) and not made.plan.is_named()
        frames = sent_plans(made, start, 400)
        assert len(frames) == 1
        assert (f.hops_left(frames[0]), f.get_id(frames[0], f.ORIGIN)) == (6, LEADER)
        made.hear(frames[0], 1, start)
        assert not sent_plans(made, start, 400)


def test_one_beside_the_backbone_passes_a_plan_on_only_if_it_is_named_now():
    for members, count in (((10,), 0), ((10, ME), 1)):
        made = backbone(10)
        made.is_member = False
        made.hear(plan(1, *members), 0, 0)
        assert len(sent_plans(made, 0, 400)) == count


def test_a_plan_of_somebody_else_or_an_older_one_is_left():
    made = backbone(10)
    made.hear(plan(3, 10), 0, 0)
    made.hear(plan(4, 11, leader=77), 0, 0)
    made.hear(plan(2, 12), 0, 0)
    made.hear(plan(3, 13), 0, 0)
    assert made.plan.number == 3 and made.plan.names(10)
    made.hear(plan(4, 14), 0, 0)
    assert made.plan.number == 4 and made.plan.names(14)


def test_numbers_go_round_and_the_next_one_is_newer():
    for number in range(1, h.NUMBER + 1):
        following = number % h.NUMBER + 1
        assert h.is_newer(following, number) and not h.is_newer(number, following)
    assert h.is_newer(1, 0) and not h.is_newer(0, 1) and not h.is_newer(7, 7)


def test_a_plan_whose_length_is_wrong_is_not_read():
    whole = plan(1, 10, 11)
    for length in range(f.HEADER_LEN, len(whole)):
        assert not h.is_plan(whole[:length])
    assert not h.is_plan(whole + bytes(2))
    assert not h.is_plan(plan(0, 10))
    assert not h.is_whole(whole)


def test_a_neighbour_that_missed_the_plan_is_handed_it_unless_somebody_is_faster():
    for others in (0, 1):
        made = backbone(10, 11)
        made.is_member = False
        made.hear(plan(2, 10), 0, 0)
        frame = told(HEARS_ME, (10, LINK))
        frame[h.TOLD] = 1
        made.hear(frame, 1, 0)
        if others:
            made.hear(plan(2, 10), 0, 0)
        assert len(sent_plans(made, 0, 20)) == 1 - others
    made = backbone(10, 11)
    made.is_member = False
    made.hear(plan(2, 10), 0, 0)
    for _ in range(3):
        made.hear(frame, 1, 0)
        made.hear(frame, 1, 10)
    assert len(sent_plans(made, 10, 20)) == 1  # not again and again


def test_who_hears_of_a_newer_plan_tells_which_it_has():
    made = backbone(10)
    made.poll(0)
    frame = told(HEARS_ME)
    frame[h.TOLD] = 1
    before = made._tell._interval_ms
    made._tell._interval_ms = 60000
    made.hear(frame, 0, 0)
    assert made._tell._interval_ms == before


def test_a_neighbour_that_is_named_and_falls_silent_is_missed_until_it_is_heard():
    made = backbone(10, 11)
    made.is_member = False
    made.plan._neighbours.histories[0] = made.plan._neighbours.histories[1] = 1
    made.hear(plan(1, 10), 0, 0)
    silence = made.plan.silence
    for message in range(40):
        assert made.follows_plan()
        silence.met_message()
        silence.heard(1)
        made.plan.poll(message)
    assert made.plan.missing == 10 and not made.follows_plan()
    assert not made.hearing.passes_on[0]
    silence.heard(0)
    made.plan.poll(50)
    assert made.follows_plan() and made.hearing.passes_on[0]


def test_a_neighbour_whose_beacons_stay_away_is_missed_after_three_periods():
    made = backbone(10)
    made.plan._neighbours.histories[0] = 1
    made.hear(plan(1, 10), 0, 0)
    period_ms = f.get_period(made.plan._neighbours.periods, 0)
    made.plan.poll(3 * period_ms - 1)
    assert made.plan.missing < 0
    made.plan.poll(3 * period_ms)
    assert made.plan.missing == 10


def test_without_its_leader_a_plan_is_followed_for_a_while():
    made = backbone(10)
    made.is_member = False
    made.hear(plan(1, 10), 0, 0)
    made.plan.poll(0)
    made._election.become_follower(0, 0, False, 0)
    grace_ms = 2200 * made.plan.airtime_ms
    made.plan.poll(grace_ms - 1)
    assert made.follows_plan()
    made.plan.poll(grace_ms)
    assert not made.follows_plan() and not made.plan.number


def test_one_that_passes_messages_on_is_not_dismissed_before_it_has_reported():
    made = backbone(10)
    made.hear(plan(1, 10), 0, 0)
    assert made.is_member and not made.follows_plan()
    made.is_member = False
    assert made.follows_plan()


def test_a_neighbour_that_has_the_plan_and_hears_nobody_of_it_makes_this_node_join():
    made = backbone(10, 11)
    made.hear(plan(1, 10), 0, 0)
    assert not made._is_needed_by_plan()
    frame = told(HEARS_ME, (12, h.BOTH_WAYS), passes_on=0)
    made.hear(frame, 1, 0)
    assert not made._is_needed_by_plan()  # what it tells is from before the plan
    frame[h.TOLD] = 1
    made.hear(frame, 1, 0)
    assert made._is_needed_by_plan()


def test_who_has_little_power_leaves_sooner_and_joins_later():
    weary, fresh = backbone(10, 11, 12), backbone(10, 11, 12)
    weary.stamina = 0
    assert weary._turn_ms(False) < fresh._turn_ms(False)
    weary.is_member = fresh.is_member = False
    assert weary._turn_ms(False) > fresh._turn_ms(False)
