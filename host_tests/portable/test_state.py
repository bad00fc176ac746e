"""State that all nodes hold: the latest write wins, counters add up, deleted is deleted."""

from fakes import RING_STARTS
from skein.state_table import StateError
from state_air import StateAir


def refusal(function, *arguments):
    try:
        function(*arguments)
    except StateError as error:
        return str(error)
    raise AssertionError("it was taken")


def test_a_write_reaches_all_nodes_at_once():
    for start in RING_STARTS:
        air = StateAir(4, start=start)
        air.run(3000)
        air.set(2, b"valve", b"open")
        air.run(300)
        assert air.values(b"valve") == [b"open"] * 4


def test_a_write_crosses_several_hops_of_loss():
    for seed in (1, 2, 3):
        air = StateAir(6, seed=seed, loss_percent=30)
        air.line()
        air.run(10000)
        air.set(0, b"valve", b"open")
        air.settle()
        assert air.values(b"valve") == [b"open"] * 6


def test_of_two_writes_the_later_one_wins_everywhere():
    air = StateAir(3)
    air.run(3000)
    air.set(0, b"valve", b"open")
    air.run(500)
    air.set(2, b"valve", b"shut")
    air.run(500)
    assert air.values(b"valve") == [b"shut"] * 3


def test_two_parts_that_wrote_apart_agree_when_they_meet():
    air = StateAir(4, seed=5)
    air.run(3000)
    air.split((0, 1), (2, 3))
    air.set(0, b"valve", b"left")
    air.set(1, b"only.left", b"1")
    air.set(3, b"valve", b"right")
    air.set(2, b"only.right", b"2")
    air.run(20000)
    assert air.values(b"valve") == [b"left", b"left", b"right", b"right"]
    air.heal()
    air.settle()
    assert len(set(air.values(b"valve"))) == 1
    assert air.values(b"only.left") == [b"1"] * 4
    assert air.values(b"only.right") == [b"2"] * 4


def test_what_was_deleted_does_not_come_back_with_a_node_that_was_away():
    air = StateAir(3)
    air.run(3000)
    air.set(0, b"valve", b"open")
    air.run(500)
    air.isolate(2)
    air.set(1, b"valve", None)
    air.run(30000)
    assert air.values(b"valve") == [None, None, b"open"]
    air.heal()
    air.settle()
    assert air.values(b"valve") == [None] * 3


def test_a_rebooted_node_is_brought_up_to_date():
    air = StateAir(3)
    air.run(3000)
    for number in range(10):
        air.set(0, b"name%d" % number, b"value%d" % number)
    air.run(1000)
    air.reboot(1)
    assert air.nodes[1].replica.get(b"name7") is None
    air.settle(10000)
    assert air.values(b"name7") == [b"value7"] * 3


def test_a_write_after_a_boot_beats_the_own_one_before_it():
    air = StateAir(2)
    air.run(3000)
    for value in (b"1", b"2", b"3"):
        air.set(1, b"valve", value)
        air.run(500)
    air.kill(1)
    air.power_on(1)
    air.set(1, b"valve", b"new")  # it knows nothing of the others yet
    air.settle()
    assert air.values(b"valve") == [b"new"] * 2


def test_counters_add_up_what_all_nodes_counted():
    air = StateAir(3, loss_percent=10)
    air.run(3000)
    air.count(0, b"cars", 5)
    air.count(1, b"cars", 3)
    air.count(2, b"cars", -1)
    air.settle()
    assert air.values(b"cars") == [7] * 3


def test_a_counter_loses_nothing_over_partitions_and_reboots():
    air = StateAir(3, seed=4)
    air.run(3000)
    counted = 0
    for _ in range(6):
        air.count(1, b"cars", 2)  # in the first moment of a boot, too
        air.count(0, b"cars", 1)
        counted += 3
        air.run(200)
        air.split((0,), (1, 2))
        air.count(1, b"cars", 10)
        counted += 10
        air.run(5000)
        air.heal()
        air.settle()
        assert air.values(b"cars") == [counted] * 3
        air.reboot(1)
    air.settle()
    assert air.values(b"cars") == [counted] * 3
    used = sum(1 for kind in air.nodes[0].replica.table.kinds if kind)
    assert used <= 4  # the former shares of node 1 were folded


def test_a_full_state_refuses_a_new_name_aloud():
    air = StateAir(1, state=4)
    for number in range(4):
        air.set(0, b"name%d" % number, b"")
    words = refusal(air.set, 0, b"one.more", b"x")
    assert words == "the state holds 4 entries and has no room for b'one.more'"
    air.set(0, b"name2", b"still")
    assert air.values(b"name2") == [b"still"]


def test_parts_that_hold_more_names_than_fit_keep_those_of_the_lowest_keys():
    air = StateAir(2, state=4)
    air.isolate(0)
    for number in range(4):
        air.set(0, b"left%d" % number, b"l")
        air.set(1, b"right%d" % number, b"r")
    keys = sorted(key for node in air.nodes for key in node.replica.table.keys)
    air.heal()
    air.settle()
    air.run(5000)
    for node in air.nodes:
        assert sorted(node.replica.table.keys) == keys[:4]
        assert node.replica.table.evicted > 0


def test_parts_that_were_apart_for_long_agree_soon_after_they_hear_each_other():
    air = StateAir(4)
    air.run(3000)
    air.split((0, 1), (2, 3))
    air.run(150000)  # their digests have become rare
    air.set(0, b"valve", b"open")
    air.run(100000)
    air.heal()
    assert air.settle() < 6000


def test_bad_names_and_values_are_refused():
    air = StateAir(1)
    assert refusal(air.set, 0, b"", b"x") == "a name has 1 to 16 bytes, not 0"
    assert refusal(air.set, 0, b"n" * 17, b"x") == "a name has 1 to 16 bytes, not 17"
    assert refusal(air.set, 0, b"n", bytes(33)) == "a value has at most 32 bytes, not 33"
    air.set(0, b"valve", b"open")
    assert refusal(air.count, 0, b"valve", 1) == "b'valve' is no counter"
    air.count(0, b"cars", 1)
    assert refusal(air.set, 0, b"cars", b"1") == "b'cars' is a counter"
    words = refusal(air.count, 0, b"cars", 0x3FFFFFFF)
    assert words == "one boot of a node counts up to 1073741823"


def test_changes_are_told_once():
    air = StateAir(2)
    air.run(3000)
    air.set(0, b"valve", b"open")
    air.run(500)
    replica = air.nodes[1].replica
    row = replica.next_change()
    assert replica.table.name(row) == b"valve"
    assert replica.next_change() == -1


def test_tombstones_are_bounded():
    air = StateAir(2)
    air.run(3000)
    for number in range(30):
        air.set(0, b"name%d" % number, b"x")
        air.run(300)
        air.set(0, b"name%d" % number, None)
        air.run(300)
    air.settle()
    for node in air.nodes:
        kinds = [kind for kind in node.replica.table.kinds if kind]
        assert kinds == [3] * 4


def digests(air, ms):
    """How many frames of state all nodes send in this time."""
    before = sum(node.replica._sequence for node in air.nodes)
    air.skip(ms)
    return sum(node.replica._sequence for node in air.nodes) - before


def test_a_settled_state_costs_a_frame_a_minute():
    air = StateAir(3)
    air.run(3000)
    air.set(0, b"valve", b"open")
    air.skip(200000)
    assert 3 <= digests(air, 240000) <= 12


def test_of_many_neighbours_a_few_speak_for_all():
    air = StateAir(10)
    air.run(3000)
    air.set(0, b"valve", b"open")
    air.skip(200000)
    assert digests(air, 240000) <= 24  # 40 if each spoke for itself
