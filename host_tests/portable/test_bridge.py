"""Boards with two radios: events cross between islands, once, and only where they are wanted."""

from islands import Islands

from fakes import RING_STARTS
from skein import event as e
from skein import frame as f
from skein.ids import text, topic_id
from skein.ticks import ticks_add

SETTLED_MS = 14000  # leaders, bridges and wishes are known everywhere
ALARM = e.ANOMALY_POLICY
BEAT_MS = 2000
FAILURE_MS = 3 * BEAT_MS
TAKES_OVER_MS = FAILURE_MS + BEAT_MS // 4  # the dice that keep two from coming first


def settled(count=2, **options):
    """Islands where the last board of each wants "smoke", and the bridges have found their way."""
    world = Islands(count, **options)
    for island in range(count):
        world.want(world.numbers(island)[-1], "smoke")
    world.run(SETTLED_MS)
    return world


def lasts(world):
    return [world.numbers(island)[-1] for island in range(world.count)]


def test_an_event_crosses_and_arrives_once_at_each_who_wants_it():
    for start in RING_STARTS:
        world = settled(3, start=start)
        assert world.emit(2, "smoke", b"here", ALARM)
        world.run(4000)
        assert [world.heard(number, "smoke") for number in lasts(world)] == [
            [],
            [b"here"],
            [b"here"],
        ]
        assert sum([bridge.crossed_out for bridge in world.bridges]) == 1
        assert sum([bridge.crossed_in for bridge in world.bridges]) == 2
        [event] = world.near.events[5]
        assert event.source == text(world.near.nodes[2].id)


def test_one_bridge_of_each_island_is_at_work():
    world = settled(3)
    assert [len(world.at_work(island)) for island in range(3)] == [1, 1, 1]
    changes = [bridge.changes for bridge in world.bridges]
    world.run(20000)
    assert [bridge.changes for bridge in world.bridges] == changes


def who_wants(world, number, topic):
    """All others of whom a near node knows that they want a topic."""
    known = world.near.nodes[number].diffusion.interests
    topic = topic_id(topic)
    rows = range(len(known.nodes))
    return [known.nodes[row] for row in rows if known.topics[row] == topic and known.nodes[row]]


def kill_and_wait(world):
    """Kill the bridge at work on the first island; after how many ms another one was."""
    [dead] = world.at_work(0)
    world.kill(dead)
    return world.run(10000, lambda: world.at_work(0))


def test_another_one_takes_over_within_the_failure_time():
    for seed in range(6):
        world = Islands(1, size=2, seed=seed)
        world.run(SETTLED_MS)
        [waiting] = [bridge for bridge in world.bridges if not bridge.is_active]
        waiting.due_at = ticks_add(world.near.now, 300 * seed)  # boards boot when they do
        world.run(2 * BEAT_MS)
        [busy] = [bridge for bridge in world.bridges if bridge.is_active]
        beat_at = busy.due_at
        world.run(2 * BEAT_MS, lambda busy=busy, beat_at=beat_at: busy.due_at != beat_at)
        world.run(100)  # its beat was heard
        assert kill_and_wait(world) <= TAKES_OVER_MS + 1


def test_events_cross_again_when_another_one_has_taken_over():
    world = settled(3)
    kill_and_wait(world)
    world.emit(2, "smoke", b"after", ALARM)
    world.emit(5, "smoke", b"back", ALARM)
    world.run(4000)
    assert world.heard(5, "smoke") == [b"after"]
    assert world.heard(2, "smoke") == [b"back"]
    assert sorted(world.heard(8, "smoke")) == [b"after", b"back"]


def test_nothing_crosses_that_nobody_wants_beyond():
    world = Islands(2)
    world.want(1, "hum")  # on the island where it is emitted
    world.run(110000)  # until all know that they have heard of all wishes
    del world.far.kinds[:]
    world.emit(2, "hum", b"1", e.TELEMETRY_POLICY)
    world.run(5000)
    assert world.heard(1, "hum") == [b"1"]
    assert f.PACKED not in world.far.kinds


def test_what_a_dead_bridge_declared_is_no_wish():
    world = Islands(2, size=4)
    for node in world.far.nodes:  # as if they were up for long, and knew all wishes
        node.diffusion.interests.expire(ticks_add(world.far.now, 900000))
    world.want(2, "hum")
    world.want(6, "tick")
    world.run(110000)
    kill_and_wait(world)
    world.run(20000)
    del world.far.kinds[:]
    world.emit(3, "hum", b"1", ALARM)  # each where alone it is wanted
    world.emit(7, "tick", b"1", ALARM)
    world.run(5000)
    assert (world.heard(2, "hum"), world.heard(6, "tick")) == ([b"1"], [b"1"])
    assert f.PACKED not in world.far.kinds


def test_only_what_is_urgent_crosses_while_wishes_are_unknown():
    world = Islands(2)
    world.want(1, "hum")
    world.want(1, "fire")
    world.run(SETTLED_MS)
    del world.far.kinds[:]
    world.emit(2, "hum", b"1", e.TELEMETRY_POLICY)
    world.run(3000)
    assert f.PACKED not in world.far.kinds
    world.emit(2, "fire", b"1", e.CRITICAL_POLICY)
    world.run(3000)
    assert f.PACKED in world.far.kinds


def test_two_bridges_at_work_on_one_island_agree_and_nothing_arrives_twice():
    world = settled(2)
    world.near.cut(0, 1)
    world.near.cut(0, 2)
    world.run(2 * FAILURE_MS)
    assert len(world.at_work(0)) == 2
    world.emit(2, "smoke", b"parted", ALARM)
    world.run(1000)
    world.near.heal()
    world.part()
    world.emit(2, "smoke", b"joined", ALARM)
    agreed_ms = world.run(10000, lambda: len(world.at_work(0)) == 1)
    assert agreed_ms
    world.run(5000)
    assert len(world.at_work(0)) == 1
    assert world.heard(5, "smoke") == [b"parted", b"joined"]
    assert who_wants(world, 2, "smoke") == [world.bridges[world.at_work(0)[0]].id]


def test_who_hears_nobody_on_the_far_side_yields():
    world = settled(2)
    [deaf] = world.at_work(0)
    world.far.isolate(deaf)
    world.run(60000, lambda: world.at_work(0) == [1 - deaf])
    world.run(1000)
    assert world.at_work(0) == [1 - deaf]
    assert who_wants(world, 2, "smoke") == [world.bridges[1 - deaf].id]


def test_a_wish_that_ends_ends_on_all_islands():
    world = settled(2)
    world.run(110000)
    world.near.nodes[5].diffusion.wishes.want("smoke", 0)
    world.near.nodes[5].diffusion.declare_soon(world.near.now)
    world.run(20000)
    assert who_wants(world, 2, "smoke") == []
    del world.far.kinds[:]
    world.emit(2, "smoke", b"1", ALARM)
    world.run(3000)
    assert f.PACKED not in world.far.kinds


def test_the_application_on_a_bridge_takes_part_alone():
    world = Islands(2, size=1, bridges=1)
    world.want(1, "smoke")
    world.run(SETTLED_MS)
    world.emit(0, "smoke", b"alone", ALARM)
    world.run(3000)
    assert world.heard(1, "smoke") == [b"alone"]
    repair = world.far.nodes[0].diffusion.relay.repair
    assert repair.length(repair.place(0)) == f.PAYLOAD + len(b"alone")


def test_a_board_with_lora_only_takes_part():
    world = Islands(1, size=2, bridges=1, lone=1)
    lone = world.far.nodes[1]
    lone.diffusion.wishes.want("smoke", 3)
    lone.diffusion.declare_soon(world.near.now)
    world.want(1, "smoke")
    world.run(SETTLED_MS)
    world.emit(1, "smoke", b"to it", ALARM)
    lone.diffusion.emit("smoke", b"from it", ALARM, 60, world.near.now)
    world.run(3000)
    assert world.heard(1, "smoke") == [b"from it"]
    event = lone.next_event()
    assert (event.payload, event.source) == (b"to it", text(world.near.nodes[1].id))
    assert lone.next_event() is None
