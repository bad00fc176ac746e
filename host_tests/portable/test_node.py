from fakes import Dice, FakeAir, node_of
from skein import event as e
from skein import frame as f
from skein.diffusion import PAYLOAD_MAX
from skein.errors import ConfigError, EventError
from skein.interest_table import CRITICAL, HIGH, NONE


def mesh(count, wanting=(), topic="anomaly.smoke", **settings):
    """Nodes that have elected a leader and know who of them wants the topic."""
    air = FakeAir(count, **settings)
    for number in wanting:
        air.nodes[number].diffusion.wishes.want(topic, HIGH)
    air.run(4000)
    return air


def emit(air, number, payload=b"x", topic="anomaly.smoke", **changes):
    policy = changes.get("policy", e.ANOMALY_POLICY)
    life_s = changes.get("life_s", 60)
    return air.nodes[number].diffusion.emit(topic, payload, policy, life_s, air.now)


def forget_short(air):
    """As if the tables had been complete for their first lifetime."""
    for node in air.nodes:
        node.diffusion.interests._is_short = False


def payloads(air, number):
    return [event.payload for event in air.events[number]]


def refusal(function, *arguments):
    """The sentence with which a call was refused, or None."""
    try:
        function(*arguments)
    except (ConfigError, EventError) as error:
        return str(error)
    return None


def test_an_event_reaches_those_who_want_it_and_nobody_else():
    air = mesh(4, wanting=(1, 2))
    assert emit(air, 0, b"21.5")
    air.run(500)
    assert [len(air.events[n]) for n in range(4)] == [0, 1, 1, 0]
    event = air.events[1][0]
    assert (event.topic, event.payload, event.kind) == ("anomaly.smoke", b"21.5", e.ANOMALY)
    assert event.source == f"{node_of(0):08x}"


def test_every_event_arrives_once_on_a_line_under_loss():
    air = mesh(5, wanting=(4,), loss_percent=10)
    air.line()
    air.run(20000)
    for mark in range(20):
        emit(air, 0, bytes((mark,)))
        air.run(300)
    air.run(1000)
    assert sorted(payloads(air, 4)) == [bytes((mark,)) for mark in range(20)]
    assert {event.hops for event in air.events[4]} == {3}


def test_an_event_goes_no_further_than_its_hop_limit():
    air = mesh(5, wanting=(1, 2, 3, 4), hop_limit=2)
    air.line()
    air.run(20000)
    emit(air, 0)
    air.run(1000)
    assert [len(air.events[n]) for n in range(5)] == [0, 1, 1, 1, 0]


def test_an_event_that_nobody_wants_is_not_sent():
    air = mesh(4)
    forget_short(air)
    air.run(500)
    before = air.frames
    assert emit(air, 0)
    assert air.nodes[0].diffusion.unwanted == 1
    assert len(air.nodes[0].diffusion.queue) == 0
    air.run(200)
    assert air.frames - before < 8


def test_an_event_is_sent_while_it_is_unknown_who_wants_it():
    air = mesh(3)
    emit(air, 0)
    assert air.nodes[0].diffusion.unwanted == 0
    assert len(air.nodes[0].diffusion.queue) == 1


def test_a_local_event_never_leaves_the_node():
    air = mesh(3, wanting=(1, 2))
    emit(air, 0, policy=e.policy(0, e.LOCAL, e.PRODUCT))
    air.run(500)
    assert payloads(air, 1) == []


def test_a_wish_that_is_withdrawn_stops_the_events():
    air = mesh(3, wanting=(1,))
    emit(air, 0)
    air.run(500)
    air.nodes[1].diffusion.wishes.want("anomaly.smoke", NONE)
    air.nodes[1].diffusion.declare_soon(air.now)
    air.run(500)
    assert not air.nodes[0].diffusion.interests.is_wanted(
        air.nodes[0].diffusion.wishes.learn("anomaly.smoke"), 0
    )
    emit(air, 0)
    air.run(500)
    assert len(payloads(air, 1)) == 1


def test_a_node_without_wishes_declares_nothing():
    air = mesh(3, wanting=(1,))
    seen = [len(node.diffusion.seen) for node in air.nodes]
    assert seen == [1, 0, 1]


def test_a_node_that_boots_late_is_asked_what_it_wants():
    air = mesh(3)
    air.reboot(2)
    air.nodes[2].diffusion.wishes.want("anomaly.smoke", HIGH)
    air.run(2000)
    emit(air, 0)
    air.run(500)
    assert len(payloads(air, 2)) == 1


def test_events_of_a_rebooted_node_are_new_again():
    air = mesh(2, wanting=(1,))
    emit(air, 0, b"before")
    air.run(500)
    air.reboot(0)
    air.run(4000)
    emit(air, 0, b"after")
    air.run(500)
    assert payloads(air, 1) == [b"before", b"after"]


def test_an_event_waits_while_nobody_is_in_range():
    air = mesh(2, wanting=(1,))
    air.isolate(0)
    air.run(9000)
    emit(air, 0, b"kept")
    air.run(5000)
    assert payloads(air, 1) == []
    air.heal()
    air.run(5000)
    assert payloads(air, 1) == [b"kept"]


def test_an_event_dies_at_the_end_of_its_life():
    air = mesh(2, wanting=(1,))
    air.isolate(0)
    air.run(9000)
    emit(air, 0, life_s=5)
    air.run(7000)
    assert air.nodes[0].diffusion.queue.expired[1] == 1
    air.heal()
    air.run(5000)
    assert payloads(air, 1) == []


def test_the_life_that_is_left_travels_with_the_event():
    air = mesh(2, wanting=(1,))
    air.isolate(0)
    air.run(9000)
    emit(air, 0, life_s=60)
    air.run(10000)
    air.heal()
    air.run(5000)
    assert 45 <= air.events[1][0].life_s <= 50


def test_an_event_with_an_endless_life_keeps_it():
    air = mesh(2, wanting=(1,))
    emit(air, 0, life_s=f.LIFE_FOREVER)
    air.run(500)
    assert air.events[1][0].life_s == f.LIFE_FOREVER


def test_a_replayed_frame_is_counted_and_not_delivered_again():
    air = mesh(2, wanting=(1,))
    heard = []
    deliver = air.deliver

    def record(sender, frame):
        heard.append((sender, bytes(frame)))
        deliver(sender, frame)

    air.deliver = record
    emit(air, 0)
    air.run(500)
    before = air.nodes[1].diffusion.duplicates
    for sender, frame in heard:
        if sender == 0:
            air.nodes[1].receive(0, bytearray(frame), -60, 0, air.now)
    air.run(100)
    assert len(payloads(air, 1)) == 1
    assert air.nodes[1].diffusion.duplicates > before


def test_garbage_is_counted_by_reason_and_the_node_goes_on():
    air = mesh(2, wanting=(1,))
    node = air.nodes[1]
    dice = Dice(5)
    for _ in range(500):
        length = dice.randrange(80)
        node.receive(0, bytearray([dice.randrange(256) for _ in range(length)]), -60, 0, air.now)
    node.receive(0, bytearray(f.MTU + 1), -60, 0, air.now)
    assert sum(node.rejected) >= 495
    assert node.rejected[f.TOO_SHORT] and node.rejected[f.OTHER_VERSION]
    assert node.rejected[f.TOO_LONG] == 1
    emit(air, 0)
    air.run(500)
    assert len(payloads(air, 1)) == 1


def test_a_frame_that_claims_to_come_from_this_node_is_dropped():
    air = mesh(2)
    node = air.nodes[1]
    forged = bytearray(f.BEACON_LEN)
    f.put_header(forged, f.BEACON, 0, 0)
    f.put_origin(forged, node.id, 0, 0)
    node.receive(0, forged, -60, 0, air.now)
    assert node.echoes == 1


def test_a_payload_as_long_as_a_frame_allows_arrives_and_a_longer_one_is_refused():
    air = mesh(2, wanting=(1,))
    assert PAYLOAD_MAX == f.MTU - f.PAYLOAD - f.TAG_LEN
    assert emit(air, 0, bytes(PAYLOAD_MAX))
    air.run(500)
    assert payloads(air, 1) == [bytes(PAYLOAD_MAX)]
    assert "at most 223 bytes, this is 224" in refusal(emit, air, 0, bytes(PAYLOAD_MAX + 1))
    assert "not str" in refusal(emit, air, 0, "text")


def test_a_bad_topic_life_or_level_is_refused_in_a_sentence():
    air = mesh(2)
    wishes = air.nodes[0].diffusion.wishes
    assert "1 to 32 bytes" in refusal(emit, air, 0, b"", "t" * 33)
    assert "1 to 32 bytes" in refusal(emit, air, 0, b"", "")
    assert "1 to 65534 seconds" in refusal(lambda: emit(air, 0, life_s=0))
    assert "from 0 to 4" in refusal(wishes.want, "t", CRITICAL + 1)


def test_more_wishes_than_places_are_refused():
    air = mesh(1, wishes=2)
    wishes = air.nodes[0].diffusion.wishes
    wishes.want("a", HIGH)
    wishes.want("b", HIGH)
    assert "at most 2 topics" in refusal(wishes.want, "c", HIGH)
    wishes.want("a", NONE)
    assert refusal(wishes.want, "c", HIGH) is None


def test_a_full_queue_tells_the_application():
    air = mesh(1, queue_slots=4)
    accepted = [emit(air, 0) for _ in range(6)]
    assert accepted == [True] * 4 + [False] * 2


def test_critical_reaches_the_application_before_what_came_earlier():
    air = mesh(2, wanting=(1,))
    air.nodes[1].diffusion.wishes.want("critical.fire", CRITICAL)
    air.nodes[1].next_event, held = (lambda: None), air.nodes[1].next_event
    emit(air, 0, b"low", policy=e.policy(3, e.FULL, e.PRODUCT))
    air.run(300)
    emit(air, 0, b"fire", "critical.fire", policy=e.CRITICAL_POLICY)
    air.run(300)
    assert [held().payload for _ in range(2)] == [b"fire", b"low"]


def test_the_same_seed_gives_the_same_run_to_the_frame():
    counts = [mesh(4, wanting=(1,), loss_percent=20, seed=9).frames for _ in range(2)]
    assert counts[0] == counts[1]
