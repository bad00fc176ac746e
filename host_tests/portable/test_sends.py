"""Payloads of up to 4 KB: to one, to some, to a group and to all, whole and once."""

from fakes import RING_STARTS, node_of
from send_air import WHOLE, SendAir, blob, frames_of, has_all, ready, sends_of
from skein import event as e
from skein import frame as f
from skein.delivery import DELIVERED, WAITING


def test_four_kilobytes_reach_one_node_byte_for_byte_and_the_source_learns_it():
    for start in RING_STARTS:
        air = ready(2, start=start)
        receipt = air.send(0, WHOLE, [1], "picture")
        assert air.run(2000, until=lambda receipt=receipt: receipt.state)
        assert (receipt.state, receipt.acknowledged, receipt.expected) == (DELIVERED, 1, 1)
        assert air.got[1] == [[(node_of(0), "picture", WHOLE)]]


def test_payloads_of_every_length_about_a_piece_arrive():
    air = ready(2)
    for length in (1, 208, 209, 210, 417, 418, 4096):
        air.got[1] = [[]]
        receipt = air.send(0, blob(length), [1])
        assert air.run(3000, until=lambda receipt=receipt: receipt.state) is not None
        assert air.payloads(1) == [blob(length)], length


def test_what_is_for_one_goes_along_the_way_to_it_and_past_nobody_else():
    air = SendAir(4)
    for one, other in ((0, 2), (0, 3), (2, 3)):
        air.cut(one, other)
    air.skip(2500)
    events, carried = frames_of(air, f.EVENT), frames_of(air, f.CARRIED)
    receipt = air.send(0, WHOLE, [2])
    assert air.run(4000, until=lambda: receipt.state)
    assert len(events) <= 4  # the first piece asks for the way
    counts = [carried.count(number) for number in range(4)]
    assert counts == [19, 21, 2, 0], counts  # and two reports


def test_it_goes_over_many_hops_of_loss_to_one_to_some_to_a_group_and_to_all():
    air = SendAir(5, loss_percent=30, seed=3)
    air.line()
    air.skip(2500)
    air.join("doors", 2, 4)
    air.run(1000)
    for to, numbers in (([4], (4,)), ([1, 3], (1, 3)), ("doors", (2, 4)), (None, (1, 2, 3, 4))):
        for number in range(5):
            air.got[number] = [[]]
        air.send(0, WHOLE, to, life_s=30)
        assert air.run(30000, until=has_all(air, numbers)), to
        air.run(500)
        for number in range(5):
            assert air.payloads(number) == ([WHOLE] if number in numbers else []), (to, number)


def test_it_goes_another_way_as_an_event_when_a_hop_falls_silent():
    air = SendAir(4)
    for one, other in ((0, 3), (1, 2)):
        air.cut(one, other)  # 0 reaches 3 by 1 and by 2
    air.skip(2500)
    step = sends_of(air.nodes[0])._courier.routes.step_to(node_of(3), air.now)
    silent = 1 if step == node_of(1) else 2
    receipt = air.send(0, WHOLE, [3])
    air.run(20)
    air.kill(silent)
    assert air.run(15000, until=lambda: receipt.state)
    assert receipt.state == DELIVERED
    assert air.payloads(3) == [WHOLE]


def test_it_passes_over_a_node_that_does_not_take_part():
    air = SendAir(3)
    air.line()
    air._settings["sends"] = 0
    air.nodes[1] = air._boot(1, 0, 0)
    air.skip(4000)
    receipt = air.send(0, WHOLE, [2])
    assert air.run(20000, until=lambda: receipt.state)
    assert receipt.state == DELIVERED
    assert air.payloads(2) == [WHOLE]


def test_only_what_is_lacking_goes_again():
    air = ready(2)
    pieces = sends_of(air.nodes[0])
    air.send(0, WHOLE)
    air.run(10, until=lambda: pieces.pieces == 3)
    air.cut_one_way(0, 1)
    air.run(200, until=lambda: pieces.pieces == 5)
    air.heal()
    assert air.run(5000, until=has_all(air, (1,)))
    assert pieces.pieces <= 20 + 4


def test_an_alarm_does_not_wait_behind_a_payload():
    air = SendAir(4, seed=2)
    air.line()
    air.nodes[3].diffusion.wishes.want("critical.fire", 4)
    air.skip(4000)
    air.send(0, WHOLE)
    air.send(0, blob(4096, 2))
    air.run(30)
    air.nodes[0].diffusion.emit("critical.fire", b"!", e.CRITICAL_POLICY, 60, air.now)
    took_ms = air.run(2000, until=lambda: air.events[3])
    assert not air.payloads(3)
    assert took_ms < 100
    assert air.run(8000, until=lambda: len(air.payloads(3)) == 2)


def test_a_source_keeps_two_pieces_under_way_among_its_neighbours_and_no_more():
    air = ready(3)
    air.send(0, WHOLE)
    queue = air.nodes[0].diffusion.queue
    most = [0]

    def look():
        most[0] = max(most[0], len(queue))
        return has_all(air, (1, 2))()

    assert air.run(5000, until=look)
    assert most[0] == 2


def test_a_node_that_was_away_gets_it_when_it_comes_back():
    air = ready(3)
    air.isolate(2)
    receipt = air.send(0, WHOLE, [1, 2])
    all_get_it = air.send(0, b"short")
    air.skip(40000)
    assert receipt.state == WAITING and receipt.acknowledged == 1
    air.heal()
    air.skip(40000)
    assert receipt.state == DELIVERED
    assert sorted(air.payloads(2)) == sorted([WHOLE, b"short"])
    air.skip(240000)
    assert all_get_it.state == DELIVERED


def test_a_payload_is_handed_out_once_however_often_its_pieces_come():
    air = ready(2)
    frames, deliver = [], air.deliver

    def note(sender, frame):
        if sender == 0:
            frames.append(frame)
        deliver(sender, frame)

    air.deliver = note
    receipt = air.send(0, WHOLE, [1])
    assert air.run(2000, until=lambda: receipt.state)
    air.skip(60000)  # the courier's own memory of them is gone
    for _ in range(3):
        for number, frame in enumerate(frames):
            f.put_u16(frame, f.SEQUENCE, 1000 + number)
            air.nodes[1].receive(0, frame, -60, 0, air.now)
    air.run(100)
    assert air.payloads(1) == [WHOLE]


def test_a_source_that_boots_anew_begins_anew():
    air = ready(2)
    air.send(0, WHOLE, [1])
    air.run(40)
    air.reboot(0)
    air.skip(2500)
    receipt = air.send(0, blob(4096, 9), [1])
    assert air.run(5000, until=lambda: receipt.state)
    assert air.payloads(1) == [blob(4096, 9)]


def test_a_full_node_takes_the_next_payload_when_its_application_has_read_one():
    air = ready(3, sends=1)
    full = sends_of(air.nodes[2])
    read = full.next_whole
    full.next_whole = lambda: None
    first = air.send(0, WHOLE, [2])
    assert air.run(5000, until=lambda: first.state)
    second = air.send(1, WHOLE, [2])
    air.run(3000)
    assert second.state == WAITING
    assert full.incoming.refused > 0
    full.next_whole = read
    assert air.run(10000, until=lambda: second.state)
    assert [source for source, _, _ in air.got[2][0]] == [node_of(0), node_of(1)]


def test_events_of_others_pass_as_ever():
    air = ready(2)
    air.nodes[1].diffusion.wishes.want("anomaly.", 3)
    air.run(500)
    air.nodes[0].diffusion.emit("anomaly.smoke", b"\x00" * 20, e.ANOMALY_POLICY, 60, air.now)
    air.run(500)
    assert [event.payload for event in air.events[1]] == [b"\x00" * 20]
