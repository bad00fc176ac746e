"""Boards that sleep, and the keepers that hold events for them and speak for them."""

from camp import ALARM, PERIOD_MS, Camp
from fakes import Dice
from skein import event as e
from skein import frame as f
from skein import sleep_frame as s
from skein import sleeper_state
from skein.ids import topic_id
from skein.sleeper import Sleeper
from skein.ticks import ticks_add


def test_an_event_waits_at_the_keeper_until_the_sleeper_calls():
    camp = Camp()
    camp.sleepers[0].want("smoke", 3)
    camp.run(5000)
    assert camp.sleepers[0].keeper == camp.air.nodes[0].id
    camp.emit(2, b"now")
    camp.run(3000)
    assert (camp.heard, camp.keepers[0].count_for(0)) == ([[]], 1)
    camp.run(PERIOD_MS)
    assert (camp.heard, camp.keepers[0].count_for(0)) == ([[b"now"]], 0)
    camp.run(2 * PERIOD_MS)
    assert camp.heard == [[b"now"]]


def test_what_a_sleeper_emits_reaches_the_mesh_once_with_the_sleeper_as_source():
    camp = Camp(nodes=4, keepers=2)
    camp.want(3)
    camp.sleepers[0].emit("smoke", b"1", ALARM, 60, camp.air.now)
    camp.run(3000)
    camp.sleepers[0].emit("smoke", b"2", ALARM, 60, camp.air.now)
    camp.run(PERIOD_MS)
    assert camp.got(3) == [b"1", b"2"]
    assert camp.air.events[3][0].source == e.ids.text(camp.sleepers[0].id)


def test_a_sleeper_is_awake_for_a_small_share_of_the_time():
    camp = Camp()
    camp.sleepers[0].want("smoke", 3)
    camp.run(10 * PERIOD_MS)
    assert camp.sleepers[0].wakes == 10
    assert camp.awake_ms < 10 * PERIOD_MS // 100


def test_lost_frames_cost_rounds_and_neither_lose_nor_double_an_event():
    camp = Camp()
    dice = Dice(3)
    camp.drop = lambda frame: dice.randrange(100) < 30
    camp.want(2)
    camp.sleepers[0].want("smoke", 3)
    camp.run(2 * PERIOD_MS)
    for number in range(10):
        camp.emit(1, b"down %d" % number)
        camp.sleepers[0].emit("smoke", b"up %d" % number, ALARM, 60, camp.air.now)
        camp.run(PERIOD_MS)
    camp.run(2 * PERIOD_MS)
    downs = [b"down %d" % number for number in range(10)]
    assert sorted(camp.heard[0]) == downs
    assert sorted(camp.got(2)) == downs + [b"up %d" % number for number in range(10)]


def test_the_mesh_goes_on_wanting_what_a_sleeper_wants_and_stops_when_it_is_given_up():
    camp = Camp()
    camp.sleepers[0].want("smoke", 3)
    camp.run(5000)
    interests = camp.air.nodes[2].diffusion.interests
    assert interests.is_wanted(topic_id("smoke"), camp.air.nodes[2].id)
    camp.wakes_at[0] = ticks_add(camp.air.now, 1 << 28)  # it is gone
    camp.run(3 * PERIOD_MS - 1000)
    assert interests.is_wanted(topic_id("smoke"), camp.air.nodes[2].id)
    camp.run(PERIOD_MS // 2 + 2000)
    assert not interests.is_wanted(topic_id("smoke"), camp.air.nodes[2].id)
    assert camp.keepers[0].given_up == 1


def test_sleepers_are_nobodys_neighbours():
    camp = Camp(sleepers=3)
    camp.run(3 * PERIOD_MS)
    assert [node.neighbours.count for node in camp.air.nodes] == [2, 2, 2]


def test_a_sleeper_finds_another_keeper_when_its_own_one_dies():
    camp = Camp(keepers=2)
    camp.sleepers[0].want("smoke", 3)
    camp.run(5000)
    [mine] = [n for n in range(2) if camp.air.nodes[n].id == camp.sleepers[0].keeper]
    other = camp.air.nodes[1 - mine].id
    camp.air.kill(mine)
    del camp.keepers[mine]
    camp.run(5 * PERIOD_MS, lambda: camp.sleepers[0].keeper == other)
    camp.run(100)
    camp.emit(2, b"moved")
    camp.run(PERIOD_MS)
    assert camp.heard == [[b"moved"]]


def test_a_full_keeper_takes_no_more():
    camp = Camp(keepers=1, sleepers=3, rows=2)
    camp.run(5 * PERIOD_MS)
    [left_out] = [sleeper for sleeper in camp.sleepers if not sleeper.keeper]
    left_out.keeper = camp.air.nodes[0].id
    camp.run(PERIOD_MS)
    assert camp.keepers[0].refused > 0
    assert left_out.id not in list(camp.keepers[0].ids)


def test_two_sleepers_of_one_keeper_hear_each_other():
    camp = Camp(sleepers=2)
    for sleeper in camp.sleepers:
        sleeper.want("smoke", 3)
    camp.run(5000)
    camp.sleepers[0].emit("smoke", b"hi", ALARM, 60, camp.air.now)
    camp.run(6000)
    assert sum([camp.keepers[0].count_for(row) for row in range(2)]) <= 1
    camp.run(3 * PERIOD_MS)
    assert camp.heard == [[], [b"hi"]]
    assert [camp.keepers[0].count_for(row) for row in range(2)] == [0, 0]


def test_a_deep_sleep_keeps_keeper_numbers_and_what_waits():
    camp = Camp()
    sleeper = camp.sleepers[0]
    sleeper.want("smoke", 3)
    camp.run(5000)
    camp.emit(1, b"known")
    camp.run(PERIOD_MS)
    sleeper.emit("smoke", b"kept", ALARM, 60, camp.air.now)
    sleeper.emit("smoke", b"old", ALARM, 5, camp.air.now)
    data = sleeper_state.write(sleeper, 1500, camp.air.now)
    woken = Sleeper(sleeper.id, 0, 9, PERIOD_MS, Dice(1))
    sleeper_state.read(woken, data, 6000, camp.air.now)
    assert (woken.keeper, woken.epoch, woken.sequence) == (
        sleeper.keeper,
        sleeper.epoch,
        sleeper.sequence,
    )
    assert woken.recent == sleeper.recent
    assert len(woken.queue) == 1
    assert woken.queue.slots[0][: woken.queue.lengths[0]][-4:] == b"kept"
    assert len(sleeper_state.write(sleeper, 100, camp.air.now)) <= 100


def test_a_frame_that_is_not_sound_is_neither_read_nor_given_to_the_node():
    camp = Camp()
    keeper = camp.keepers[0]
    for length in range(1, 90):
        for what in range(5):
            frame = bytearray([0xFF] * length)
            frame[0] = 1 << 5 | s.SLEEP
            if length > 13:
                frame[1], frame[2], frame[6], frame[10] = 0, what, 0, 0
            assert keeper.receive(frame, camp.air.now)
    assert sum(keeper.ids) == 0
    assert not keeper.receive(bytearray(b"\x21"), camp.air.now)


def test_an_event_whose_acknowledgement_is_lost_is_held_and_yet_read_once():
    camp = Camp()
    camp.sleepers[0].want("smoke", 3)
    camp.run(5000)
    camp.drop = lambda frame: frame[s.WHAT] == s.CALL and frame[s.COUNT]
    camp.emit(2, b"once")
    camp.run(2 * PERIOD_MS)
    assert (camp.heard, camp.keepers[0].count_for(0)) == ([[b"once"]], 1)
    camp.drop = None
    camp.run(PERIOD_MS)
    assert (camp.heard, camp.keepers[0].count_for(0)) == ([[b"once"]], 0)


def test_a_keeper_lets_go_of_a_sleeper_that_calls_another_one():
    camp = Camp(keepers=2)
    camp.run(5000)
    for node in camp.air.nodes[:2]:
        camp.sleepers[0].keeper = node.id
        camp.run(PERIOD_MS)
        held_by = [camp.sleepers[0].id in list(keeper.ids) for keeper in camp.keepers]
        assert held_by == [each is node for each in camp.air.nodes[:2]]


def test_what_is_sent_up_again_is_acknowledged_once():
    camp = Camp()
    camp.run(5000)
    up = bytearray(30)
    f.put_header(up, f.EVENT, 0, 0)
    f.put_origin(up, camp.sleepers[0].id, 1, 5)
    s.dress(up, s.UP, camp.sleepers[0].id)
    for _ in range(2 * s.MARKS_MAX):
        assert camp.keepers[0].receive(up, camp.air.now)
    up[f.SEQUENCE] = 6
    camp.keepers[0].receive(up, camp.air.now)
    answers = []
    camp.drop = lambda frame: frame[s.WHAT] == s.ANSWER and answers.append(frame)
    camp.run(PERIOD_MS)
    assert answers[0][s.COUNT] == 2 and s.is_marked(answers[0], up)
