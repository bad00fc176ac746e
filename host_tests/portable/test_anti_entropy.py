"""Events that were missed: offered, asked for, sent again, once."""

from fakes import FakeAir, node_of
from skein import event as e
from skein import frame as f
from skein import offer_frame as o
from skein.ids import NOBODY
from skein.interest_table import HIGH
from skein.turns import CRITICAL, LOW, NORMAL

SMOKE = "anomaly.smoke"


def mesh(count, **settings):
    """Nodes that all want smoke and know that of each other."""
    settings.setdefault("repair", 16)
    air = FakeAir(count, **settings)
    for node in air.nodes:
        want(node, air)
    air.skip(3000)
    return air


def want(node, air):
    node.diffusion.wishes.want(SMOKE, HIGH)
    node.diffusion.declare_soon(air.now)


def emit(air, number, payload, life_s=600, priority=NORMAL):
    policy = e.policy(priority, e.FULL, e.ANOMALY)
    assert air.nodes[number].diffusion.emit(SMOKE, payload, policy, life_s, air.now)


def read(air, number):
    return sorted(event.payload for event in air.events[number])


def test_an_event_that_was_lost_is_asked_for_and_read_once():
    air = mesh(3)
    air.isolate(2)
    emit(air, 0, b"lost")
    air.skip(500)
    air.heal()
    air.skip(1500)
    assert read(air, 1) == read(air, 2) == [b"lost"]
    assert air.nodes[2].repair.asked == 1
    assert air.nodes[0].repair.repaired + air.nodes[1].repair.repaired == 1


def test_two_parts_that_meet_again_after_a_minute_read_what_was_said_in_the_other():
    air = mesh(6)
    air.split((0, 1, 2), (3, 4, 5))
    for number in range(6):
        air.skip(10000)
        emit(air, number, b"%d" % number)
    air.heal()
    air.skip(12000)
    for number in range(6):
        assert read(air, number) == sorted(b"%d" % n for n in range(6) if n != number)


def test_a_node_that_was_off_reads_what_is_still_alive():
    air = mesh(3)
    air.kill(2)
    emit(air, 0, b"alive")
    emit(air, 0, b"short", 5)
    air.skip(8000)
    air.power_on(2)
    want(air.nodes[2], air)
    air.skip(4000)
    assert read(air, 2) == [b"alive"]


def test_what_is_sent_again_tells_how_much_of_its_life_is_left():
    air = mesh(2)
    air.kill(1)
    emit(air, 0, b"old", 100)
    air.skip(60000)
    air.power_on(1)
    want(air.nodes[1], air)
    air.skip(4000)
    assert 35 <= air.events[1][0].life_s <= 40


def test_with_no_hops_events_spread_by_offers_alone():
    air = mesh(5, hop_limit=0)
    air.line()
    for number in range(5):
        want(air.nodes[number], air)
    air.skip(5000)
    emit(air, 0, b"far")
    air.skip(20000)
    for number in range(1, 5):
        assert read(air, number) == [b"far"]
    assert air.events[4][0].hops == 0


def test_of_several_that_miss_an_event_few_ask():
    air = mesh(8)
    air.split((0,), range(1, 8))
    emit(air, 0, b"lost")
    air.skip(500)
    air.heal()
    air.skip(3000)
    assert all(read(air, number) == [b"lost"] for number in range(1, 8))
    assert sum(node.repair.asked for node in air.nodes) <= 3
    assert sum(node.repair.repaired for node in air.nodes) <= 3


def offer(names, asked=NOBODY, sender=1):
    frame = bytearray(o.FIRST + o.NAME_LEN * len(names))
    f.put_header(frame, f.OFFER, 0, 0)
    f.put_origin(frame, node_of(sender), 0, 7)
    f.put_id(frame, o.ASKED, asked)
    for at, (origin, boot, number) in enumerate(names):
        begin = o.FIRST + at * o.NAME_LEN
        f.put_id(frame, begin, origin)
        frame[begin + 4] = boot
        f.put_u16(frame, begin + 5, number)
    return frame


def asks_of(air, node, ms):
    """(whom, how many names) of what this node asks in so many milliseconds, told to nobody."""
    found = []
    out = air._out
    for _ in range(ms):
        air.now += 1
        node.poll(air.now)
        while node.take_frame(out):
            if f.kind_of(out.buffer) == f.OFFER and f.get_id(out.buffer, o.ASKED):
                count = (out.length - o.FIRST) // o.NAME_LEN
                found.append((f.get_id(out.buffer, o.ASKED), count))
    return found


def test_the_one_that_is_heard_best_is_asked():
    air = mesh(3)
    node = air.nodes[0]
    for sender, rssi_dbm in ((1, -80), (2, -50), (1, -79)):
        for _ in range(20):
            node.receive(0, offer([(900, 0, 5)], sender=sender), rssi_dbm, 0, air.now)
    assert asks_of(air, node, 100) == [(node_of(2), 1)]


def test_an_ask_that_somebody_else_says_is_not_said_as_well():
    air = mesh(3)
    node = air.nodes[0]
    node.receive(0, offer([(900, 0, 5), (900, 0, 6)]), -60, 0, air.now)
    node.receive(0, offer([(900, 0, 5)], node_of(1), sender=2), -60, 0, air.now)
    assert asks_of(air, node, 100) == [(node_of(1), 1)]


def test_offers_without_end_of_events_that_are_not_there_cost_a_bounded_number_of_asks():
    air = mesh(2)
    node = air.nodes[0]
    asked = 0
    for step in range(200):  # for ten seconds
        names = [(900 + step, 0, number) for number in range(30)]
        node.receive(0, offer(names), -60, 0, air.now)
        asked += len(asks_of(air, node, 50))
    assert 0 < asked <= 10_000 // 5
    assert node.repair.asked <= asked * 16


def test_what_is_no_offer_is_not_read():
    good = offer([(900, 0, 5)])
    assert o.is_whole(good)
    for bad in (good[:-1], good[: o.FIRST], good + b"\0", offer([(NOBODY, 0, 5)])):
        assert not o.is_whole(bad)
    for at in (o.ASKED + 3, o.FIRST + 3):
        bad = bytearray(good)
        bad[at] = 0x40
        assert not o.is_whole(bad)
    air = mesh(2)
    node = air.nodes[0]
    node.receive(0, good[:-1], -60, 0, air.now)
    assert asks_of(air, node, 100) == []


def test_a_full_table_keeps_the_most_urgent_and_of_equals_the_newest():
    air = mesh(2, repair=3)
    kept = air.nodes[0].repair.kept
    for payload, priority in (
        (b"low", LOW),
        (b"alarm", CRITICAL),
        (b"old", NORMAL),
        (b"new", NORMAL),
        (b"newer", NORMAL),
        (b"lower", LOW),
    ):
        emit(air, 0, payload, 600, priority)
        air.skip(50)
    held = sorted(bytes(kept.frames[at][f.PAYLOAD : kept.lengths[at]]) for at in range(3))
    assert held == [b"alarm", b"new", b"newer"]
    assert kept.dropped == 3


def test_what_nobody_wants_is_not_kept():
    air = mesh(2)
    frame = bytearray(f.PAYLOAD)
    f.put_header(frame, f.EVENT, 0, 0)
    f.put_origin(frame, node_of(1), 0, 999)
    f.put_id(frame, f.TOPIC, 12345)
    f.put_u16(frame, f.LIFE_S, 60)
    while not air.nodes[0].diffusion.interests.is_complete():
        air.skip(1000)
    air.nodes[0].receive(0, frame, -60, 0, air.now)
    assert air.nodes[0].repair.kept.find(frame, f.ORIGIN, air.now) < 0
    f.put_id(frame, f.TOPIC, air.nodes[0].diffusion.wishes.learn(SMOKE))
    f.put_u16(frame, f.SEQUENCE, 1000)
    air.nodes[0].receive(0, frame, -60, 0, air.now)
    assert air.nodes[0].repair.kept.find(frame, f.ORIGIN, air.now) >= 0


def test_nodes_that_hold_the_same_offer_it_ever_more_seldom():
    air = mesh(3)
    emit(air, 0, b"known", 3600)
    air.skip(200_000)
    before = [node.repair._sequence for node in air.nodes]
    air.skip(120_000)
    assert sum(node.repair._sequence for node in air.nodes) - sum(before) <= 6


def offers_in(air, ms):
    before = sum(node.repair._sequence for node in air.nodes)
    air.skip(ms)
    return sum(node.repair._sequence for node in air.nodes) - before


def test_of_many_that_hold_the_same_two_or_three_offer_it_in_an_interval():
    air = mesh(10)
    emit(air, 0, b"known", 3600)
    air.skip(200_000)
    assert offers_in(air, 128_000) <= 12  # all of them would say it twenty times


def test_what_a_neighbour_has_no_room_for_makes_the_pace_quick_only_three_times():
    air = mesh(2, repair=2)
    for payload in (b"1", b"2"):
        emit(air, 0, payload, 3600, CRITICAL)
        air.skip(1000)
    air.nodes[0].repair.kept.lengths[0] = 0  # node 0 alone has room for one more
    air.split((0,), (1,))
    emit(air, 0, b"more", 3600)
    air.skip(300)
    air.heal()
    air.skip(200_000)
    assert read(air, 1)[-1] == b"more"
    assert offers_in(air, 128_000) <= 8
