from events_in_air import emit, forget_short, mesh, payloads
from fakes import node_of
from skein import event as e
from skein import frame as f
from skein.interest_table import CRITICAL, HIGH, NONE


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
