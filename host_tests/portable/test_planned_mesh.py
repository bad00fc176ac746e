"""A whole mesh by the plan of its leader: lost frames, a death, a new leader, a partition."""

from slow_air import SlowAir

from skein import event as e
from skein import override


def ring(seed, count=8, **settings):
    """Nodes round a circle, of which two may leave the backbone once the leader saw that."""
    air = SlowAir(count, seed=seed, **settings)
    air.ring()
    for node in air.nodes:
        node.diffusion.wishes.want("a", 2)
    return air


def test_on_a_ring_the_leader_dismisses_two_whom_nobody_else_could():
    air = ring(3, loss_percent=20)
    assert air.wait_for(lambda: air.is_planned(6))
    assert len(air.members()) == 6


def test_when_one_that_is_named_dies_the_others_close_the_gap():
    air = ring(4)
    assert air.wait_for(lambda: air.is_planned(6))
    leader = air.leaders()[0]
    left = [n for n in range(8) if n not in air.members()]
    dead = [
        n for n in air.members() if n != leader and not [m for m in left if abs(m - n) % 6 < 2]
    ]
    air.kill(dead[0])
    assert air.wait_for(lambda: left == [n for n in left if n in air.members()])
    air.skip(60000)
    air.nodes[(dead[0] + 1) % 8].diffusion.emit("a", b"x", e.ANOMALY_POLICY, 600, air.now)
    air.run(3000)
    assert len([n for n in range(8) if air.nodes[n] and air.events[n]]) == 6


def test_a_new_leader_stands_for_the_plan_and_later_makes_its_own():
    air = ring(5)
    assert air.wait_for(lambda: air.is_planned(6))
    old = air.leaders()[0]
    override.resign(air.nodes[old].election, air.now)
    assert air.wait_for(lambda: len(air.leaders()) == 1 and air.leaders()[0] != old)
    new = air.nodes[air.leaders()[0]]
    assert air.wait_for(lambda: new.slow.backbone.plan.leader == new.id)
    assert len(air.members()) == 6
    assert air.wait_for(lambda: air.is_planned(6))


def test_each_part_of_a_mesh_that_fell_apart_serves_itself_and_they_agree_again():
    air = ring(6)
    assert air.wait_for(lambda: air.is_planned(6))
    air.split((0, 1, 2, 3), (4, 5, 6, 7))
    assert air.wait_for(lambda: len(air.leaders()) == 2, 120000)
    air.skip(120000)
    for part in ((0, 1, 2, 3), (4, 5, 6, 7)):
        assert [n for n in part[1:3] if n in air.members()] == list(part[1:3])
        air.nodes[part[0]].diffusion.emit("a", b"x", e.ANOMALY_POLICY, 600, air.now)
        air.run(3000)
        assert [len(air.events[n]) for n in part] == [0, 1, 1, 1]
    air.heal()
    air.ring()
    assert air.wait_for(lambda: air.is_planned(6), 600000)


def test_a_small_mesh_gets_no_plan():
    air = ring(7)
    for each in air.backbones():
        each.maker.fewest = 9
    air.skip(60000)
    assert not [each for each in air.backbones() if each.plan.number or each.maker.plans]
    assert max(each.maker.table.count for each in air.backbones()) == 8
