"""Events CONFIRMED: the source learns who read them, and nobody reads one twice."""

from fakes import RING_STARTS, FakeAir
from skein import event as e
from skein import frame as f
from skein.confirmation import Outcomes
from skein.delivery import DELIVERED, EXPIRED, WAITING
from skein.errors import EventError
from skein.interest_table import HIGH
from skein.turns import HIGH as HIGH_PRIORITY

TOPIC = "command.siren"
POLICY = e.policy(HIGH_PRIORITY, e.FULL, e.COMMAND, e.CONFIRMED)


def mesh(count, wanted_by, start=0, **settings):
    """Nodes in a line; these want the topic and all know it."""
    air = FakeAir(count, start=start, confirmed=4, **settings)
    air.line()
    for number in wanted_by:
        air.nodes[number].diffusion.wishes.want(TOPIC, HIGH)
        air.nodes[number].diffusion.declare_soon(air.now)
    for node in air.nodes:
        node.diffusion.interests._is_short = False
    air.run(5000)
    return air


def command(air, payload=b"on", life_s=60):
    """Node 0 emits a command; its receipt."""
    diffusion = air.nodes[0].diffusion
    assert diffusion.emit(TOPIC, payload, POLICY, life_s, air.now)
    return diffusion.assurances[e.CONFIRMED].last


def read(air, number):
    return [event.payload for event in air.events[number]]


def test_a_command_over_three_hops_is_confirmed_by_whom_it_was_for():
    for start in RING_STARTS:
        air = mesh(4, (3,), start)
        receipt = command(air)
        assert (receipt.state, receipt.expected) == (WAITING, 1)
        air.run(3000)
        assert (receipt.state, receipt.acknowledged) == (DELIVERED, 1)
        assert read(air, 3) == [b"on"]


def test_a_command_to_many_counts_them():
    air = mesh(4, (1, 2, 3))
    receipt = command(air)
    air.run(3000)
    assert (receipt.state, receipt.acknowledged, receipt.expected) == (DELIVERED, 3, 3)


def test_a_command_that_nobody_confirms_is_repeated_with_growing_pauses_and_expires():
    for start in RING_STARTS:
        air = mesh(2, (1,), start)
        air.isolate(1)
        confirmation = air.nodes[0].diffusion.assurances[e.CONFIRMED]
        repeated = []
        receipt = command(air)
        for elapsed in range(30000):
            before = confirmation.repeated
            air.run(1)
            if confirmation.repeated > before:
                repeated.append(elapsed)
        assert (receipt.state, receipt.acknowledged) == (EXPIRED, 0)
        assert len(repeated) == 3
        pause_ms = 4 * air.nodes[0].courier.pause_ms
        assert pause_ms <= repeated[0] < 2 * pause_ms
        assert 2 * pause_ms <= repeated[1] - repeated[0] < 4 * pause_ms
        assert 4 * pause_ms <= repeated[2] - repeated[1] < 8 * pause_ms


def test_a_command_whose_life_ends_is_repeated_no_more():
    air = mesh(2, (1,))
    air.isolate(1)
    receipt = command(air, life_s=1)
    air.run(8000)
    assert receipt.state == EXPIRED
    assert air.nodes[0].diffusion.assurances[e.CONFIRMED].repeated <= 2


def test_a_lost_command_arrives_by_its_repetition_once():
    air = mesh(2, (1,))
    air.cut_one_way(0, 1)
    receipt = command(air)
    air.run(300)
    air.nodes[0].diffusion.queue.sent(air.nodes[0].diffusion.queue.take(air.now))
    assert read(air, 1) == []
    air.heal()
    air.run(20000)
    assert receipt.state == DELIVERED
    assert read(air, 1) == [b"on"]


def test_commands_are_read_exactly_once_over_a_lossy_air():
    air = mesh(3, (2,))
    air.loss_percent = 30
    receipts = []
    for number in range(12):
        receipts.append(command(air, bytes((number,))))
        air.run(4000)
    air.run(20000)
    heard = [payload[0] for payload in read(air, 2)]
    assert len(heard) == len(set(heard))
    for number, receipt in enumerate(receipts):
        assert receipt.state != WAITING
        if receipt.state == DELIVERED:
            assert number in heard
    assert len(heard) >= 11


def test_a_full_inbox_confirms_nothing_until_it_has_room():
    air = mesh(2, (1,), inbox_slots=1)
    reader = air.nodes[1].diffusion
    block = e.policy(HIGH_PRIORITY, e.LOCAL, e.PRODUCT)
    kept, air.events[1] = air.nodes[1].next_event, []
    air.nodes[1].next_event = lambda: None
    reader.wishes.want("x", HIGH)
    assert reader.emit("x", b"block", block, 600, air.now)
    receipt = command(air)
    air.run(300)
    assert (receipt.state, receipt.acknowledged) == (WAITING, 0)
    air.nodes[1].next_event = kept
    air.run(20000)
    assert receipt.state == DELIVERED
    assert read(air, 1) == [b"block", b"on"]


def test_one_more_than_can_wait_is_refused_aloud():
    air = mesh(2, (1,))
    air.isolate(1)
    for _ in range(4):
        command(air)
    diffusion = air.nodes[0].diffusion
    assert not diffusion.emit(TOPIC, b"on", POLICY, 60, air.now)
    assert diffusion.assurances[e.CONFIRMED].refused == 1


def test_a_forged_confirmation_of_another_boot_or_number_counts_for_nothing():
    air = mesh(2, (1,))
    air.isolate(1)
    receipt = command(air)
    node = air.nodes[0]
    confirmation = node.diffusion.assurances[e.CONFIRMED]
    number = (node.diffusion.sequence - 1) & 0xFFFF
    for wrong in ((number, 1), (number + 1, 0)):
        confirmation.receive(carried(9, wrong[0], wrong[1]), air.now)
    confirmation.receive(carried(9, number, 0)[:-1], air.now)
    assert receipt.acknowledged == 0
    for _ in range(3):
        confirmation.receive(carried(9, number, 0), air.now)
    assert receipt.acknowledged == 1


def carried(origin, number, epoch):
    from skein.courier import BODY  # noqa: PLC0415 - only here

    frame = bytearray(BODY + 3)
    f.put_origin(frame, origin, 0, 1)
    f.put_u16(frame, BODY, number & 0xFFFF)
    frame[BODY + 2] = epoch
    return frame


def copy(node, sequence, back):
    """The event number `sequence - back` as another node repeats it."""
    frame = bytearray(f.PAYLOAD) + bytes((65, back))
    f.put_header(frame, f.EVENT, 0, 0)
    f.put_origin(frame, 77, 0, sequence)
    f.put_id(frame, f.TOPIC, node.diffusion.wishes.learn(TOPIC))
    frame[f.POLICY] = POLICY
    frame[f.LIFE_S] = 60
    return frame


def test_every_copy_is_confirmed_and_only_the_first_is_read():
    air = mesh(2, (1,))
    node = air.nodes[1]
    posted = []
    node.courier.post = lambda *_: posted.append(f.get_u16(node.courier.draft, 25))
    for sequence, back in ((5, 0), (7, 2), (9, 4)):
        node.receive(0, copy(node, sequence, back), -60, 0, air.now)
    assert node.next_event().payload == b"A"
    assert node.next_event() is None
    assert posted == [5, 5, 5]


def test_a_node_without_confirmation_reads_a_command_once_and_cannot_send_one():
    air = FakeAir(2)
    try:
        air.nodes[0].diffusion.emit(TOPIC, b"on", POLICY, 60, air.now)
    except EventError as error:
        assert "confirmed" in str(error)
    else:
        raise AssertionError("it was taken")
    node = air.nodes[1]
    node.diffusion.wishes.want(TOPIC, HIGH)
    for sequence, back in ((5, 0), (7, 2), (9, 4), (8, 2)):
        node.receive(0, copy(node, sequence, back), -60, 0, air.now)
    payloads = [node.next_event().payload, node.next_event().payload]
    assert payloads == [b"A", b"A"]  # numbers 5 and 6
    assert node.next_event() is None


def test_outcomes_are_known_of_the_last_sixteen_events():
    outcomes = Outcomes()
    for number in range(17):
        outcomes.add(1, number, number != 16)
    assert not outcomes.is_read(1, 0) and not outcomes.is_refused(1, 0)
    assert outcomes.is_read(1, 1) and outcomes.is_refused(1, 16)
    outcomes.add(1, 16, True)
    assert outcomes.is_read(1, 16) and outcomes.is_read(1, 1)
