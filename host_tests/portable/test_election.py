from fakes import RING_STARTS, FakeAir, node_of
from skein import frame as f
from skein.ids import NOBODY
from skein.role import CANDIDATE, FOLLOWER, HYSTERESIS, LEADER


def settled(count, loss_percent=0, seed=1, start=0, **settings):
    air = FakeAir(count, loss_percent, seed, start, **settings)
    assert air.run(8000, air.agreed)
    return air


def highest(air):
    return max(node.id for node in air.nodes if node)


def test_a_node_alone_declares_itself():
    for start in RING_STARTS:
        air = settled(1, start=start)
        assert air.leaders() == [0]


def test_equal_nodes_elect_the_highest_id():
    for start in RING_STARTS:
        air = settled(5, start=start)
        assert air.agreed() == highest(air)
        assert len(air.leaders()) == 1


def test_the_better_score_wins_over_the_higher_id():
    air = FakeAir(4)
    weakest = min(range(4), key=node_of)
    air.nodes[weakest].fitness = 200
    air.run(1)
    assert air.run(8000, air.agreed)
    assert air.leaders() == [weakest]


def test_a_leader_is_elected_under_loss():
    for seed in range(3):
        air = settled(6, loss_percent=30, seed=seed)
        assert len(air.leaders()) == 1


def test_a_leader_out_of_range_is_followed_over_several_hops():
    air = FakeAir(5)
    air.line()
    air.nodes[0].fitness = 200
    assert air.run(12000, air.agreed)
    hops = sorted(node.election.leader_hops for node in air.nodes)
    assert hops == [0, 1, 2, 3, 4]


def test_survivors_elect_anew_within_nine_seconds_of_the_leaders_death():
    for start in RING_STARTS:
        air = settled(5, loss_percent=10, start=start)
        dead = air.leaders()[0]
        term = air.nodes[dead].election.term
        air.kill(dead)
        air.run(9000)
        assert air.agreed() not in (0, node_of(dead))
        assert all(node.election.term > term for node in air.nodes if node)


def test_survivors_of_leader_and_deputy_do_not_stand_all_at_once():
    for seed in range(3):
        air = settled(10, seed=seed)
        air.run(3000)
        leader = air.nodes[air.leaders()[0]]
        for number, node in enumerate(list(air.nodes)):
            if node.id in (leader.id, leader.election.deputy):
                air.kill(number)
        stood = set()
        for _ in range(9000):
            air.step()
            stood |= {n.id for n in air.nodes if n and n.election.role == CANDIDATE}
        assert air.agreed() in stood and len(stood) <= 2


def test_a_healthy_leader_stays_for_minutes():
    air = settled(4, loss_percent=10)
    changes = [node.election.changes for node in air.nodes]
    air.run(60000)
    assert [node.election.changes for node in air.nodes] == changes


def test_a_rebooted_leader_does_not_hold_up_the_others():
    air = settled(4)
    old = air.leaders()[0]
    air.reboot(old)
    assert air.run(3000, lambda: air.agreed() and air.leaders())
    assert len(air.leaders()) == 1


def test_a_late_node_follows_within_a_second():
    air = settled(4)
    leader = air.agreed()
    late = 0 if air.leaders() != [0] else 1
    air.reboot(late)
    assert air.run(1000, lambda: air.nodes[late].election.leader == leader)
    assert air.agreed() == leader


def test_when_two_parts_meet_one_leader_is_left_within_two_heartbeats():
    air = FakeAir(6)
    air.split((0, 1, 2), (3, 4, 5))
    air.run(6000)
    assert len(air.leaders()) == 2
    air.heal()
    assert air.run(4000, air.agreed)
    air.run(100)
    assert len(air.leaders()) == 1


def test_a_node_with_an_old_term_is_taken_in_and_terms_never_go_back():
    air = settled(3)
    lone = 0 if air.leaders() != [0] else 1
    term = air.nodes[lone].election.term
    air.nodes[lone].election.term = term + 5
    air.run(10000)
    assert air.agreed()
    assert all(node.election.term >= term + 5 for node in air.nodes)


def test_a_node_that_missed_the_leader_does_not_depose_it():
    air = settled(4)
    leader = air.agreed()
    deaf = 0 if air.leaders() != [0] else 1
    for other in range(4):
        if other != deaf:
            air.cut_one_way(other, deaf)
    air.run(10000)
    assert air.nodes[deaf].election.role == LEADER  # it hears nobody, so it leads itself
    air.heal()
    air.run(4000)
    assert air.agreed() == leader


def test_a_little_better_is_not_enough_to_challenge_and_much_better_is():
    air = settled(3)
    leader = air.agreed()
    challenger = 0 if air.leaders() != [0] else 1
    air.nodes[challenger].fitness += HYSTERESIS
    air.run(30000)
    assert air.agreed() == leader
    air.nodes[challenger].fitness += 8  # a smaller step is not announced
    assert air.run(30000, lambda: air.agreed() == node_of(challenger))


def test_roles_change_only_through_their_doors():
    air = FakeAir(2)
    election = air.nodes[0].election
    assert (election.role, election.leader) == (FOLLOWER, NOBODY)
    election.become_candidate(3, air.now)
    assert (election.role, election.term, election.is_elected) == (CANDIDATE, 3, False)
    election.become_leader(air.now)
    assert (election.role, election.leader, election.is_elected) == (LEADER, election.node, True)
    election.become_follower(99, 50, True, air.now)
    assert (election.role, election.leader, election.leader_score) == (FOLLOWER, 99, 50)


def claim(of_node, sender, leader, term, beat):
    """Let a node hear that `sender` follows the elected `leader`."""
    frame = bytearray(f.BEACON_LEN)
    f.put_header(frame, f.BEACON, 0, 0)
    f.put_origin(frame, sender, 0, 0)
    f.put_id(frame, f.TERM, term)
    f.put_id(frame, f.LEADER, leader)
    frame[f.ROLE] = f.ELECTED
    frame[f.LEADER_SCORE] = 200
    f.put_u16(frame, f.BEAT, beat)
    of_node.receive(0, frame, -60, 0, 0)


def test_an_echo_of_the_former_leader_draws_nobody_back_and_its_return_does():
    node = FakeAir(1).nodes[0]
    node.election.guard.needed = 0
    claim(node, 900, 900, 5, 100)
    assert node.election.leader == 900
    claim(node, 700, 700, 6, 1)  # elected by those who lost 900
    assert node.election.leader == 700
    claim(node, 800, 900, 6, 100)  # 800 defends 900, which it heard lately, and lifts its term
    assert node.election.leader == 700
    claim(node, 800, 900, 6, 103)  # a beat since: it lives
    assert node.election.leader == 900


def test_heartbeats_of_a_settled_mesh_are_one_frame_a_node_every_two_seconds():
    air = settled(8)
    air.run(5000)
    before = air.frames
    air.run(20000)
    assert air.frames - before <= 8 * 10 + 8 * 9  # beacons, and one round of declarations


def test_a_storm_of_worse_claims_is_answered_with_at_most_sixteen_beacons_a_period():
    air = settled(2)
    follower = air.nodes[1 - air.leaders()[0]]
    claim = bytearray(f.BEACON_LEN)
    f.put_header(claim, f.BEACON, 0, 0)
    f.put_origin(claim, 4242, 0, 0)
    f.put_id(claim, f.LEADER, 1)
    claim[f.ROLE] = f.ELECTED
    before = follower.frames_out
    for _ in range(5 * 2000):
        follower.receive(0, claim, -60, 0, air.now)
        air.step()
    assert 2 <= follower.frames_out - before <= 16 * 6  # it may be in the midst of a period
