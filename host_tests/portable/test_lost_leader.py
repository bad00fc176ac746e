from fakes import RING_STARTS
from lone_election import BETTER, GRACE_MS, LOSS_MS, TERM, follower, hear, run_until
from lone_election import claim as elected_claim
from skein import frame as f
from skein.ids import NOBODY
from skein.lost_leader import LostLeader
from skein.ticks import ticks_add

LOST = 77


def claim(term, beat, flags=0):
    frame = bytearray(f.BEACON_LEN)
    frame[f.ROLE] = f.ELECTED | flags
    f.put_id(frame, f.TERM, term)
    f.put_u16(frame, f.BEAT, beat)
    return frame


def lost(term=5, beat=100):
    leader = LostLeader()
    leader.note(LOST, term, beat, 0)
    return leader


def test_a_claim_of_another_leader_is_no_echo():
    assert not lost().is_echo(78, claim(5, 100))
    assert not LostLeader().is_echo(LOST, claim(0, 0))


def test_a_claim_with_a_beat_from_before_the_loss_is_an_echo():
    for beat in (100, 99, 50, 37):
        assert lost().is_echo(LOST, claim(5, beat))
        assert lost().is_echo(LOST, claim(4, beat))


def test_a_leader_that_leads_again_after_a_reboot_is_no_echo_whatever_its_new_count():
    """Or one that won again in the term that was known would be refused for an hour."""
    for beat in (36, 0, 100 - 0x7FFF & 0xFFFF, 60_000):
        assert not lost().is_echo(LOST, claim(5, beat))


def test_a_beat_since_the_loss_proves_that_the_leader_lives():
    assert not lost().is_echo(LOST, claim(5, 101))
    assert not lost(beat=0xFFFF).is_echo(LOST, claim(5, 0))


def test_in_a_later_term_only_the_last_three_beats_are_echoes():
    for beat in (100, 99, 98):
        assert lost().is_echo(LOST, claim(6, beat))  # others defended it and lifted its term
    for beat in (97, 50, 101):
        assert not lost().is_echo(LOST, claim(6, beat))  # elected anew, with another count


def test_a_leader_that_was_found_again_is_no_longer_lost():
    leader = lost()
    leader.note(NOBODY, 0, 0, 0)
    assert leader.node == NOBODY
    assert not leader.is_echo(LOST, claim(5, 100))


def orphan(start):
    """A node whose leader, 900, made beat 100 at the start and none since."""
    node = follower(start)
    assert run_until(node, start, 2 * LOSS_MS, lambda node: node.leader == NOBODY) < 7000
    return node


def late_news(beat):
    """What a neighbour says that misses 900, too."""
    return elected_claim(900, TERM, BETTER, beat=beat, sender=901, flags=f.MISSED)


def test_late_news_of_a_lost_leader_gives_it_no_more_than_what_is_left_of_its_time():
    """Or two nodes that tell each other of a dead leader would follow it for ever."""
    for start in RING_STARTS:
        node = orphan(start)
        hear(node, late_news(101), ticks_add(start, 7000))
        assert (node.leader, node.is_elected) == (900, True)
        made_ms = 2125  # beat 101, a period and a sixteenth after beat 100
        left_ms = made_ms + LOSS_MS + GRACE_MS - 7000
        waited_ms = run_until(
            node, ticks_add(start, 7000), LOSS_MS, lambda node: node.leader != 900
        )
        assert left_ms <= waited_ms <= left_ms + 100


def test_news_of_a_lost_leader_that_is_too_old_is_no_news():
    for start in RING_STARTS:
        node = orphan(start)
        for beat, at_ms in ((100, 7000), (101, 8200), (102, 10_300)):
            hear(node, late_news(beat), ticks_add(start, at_ms))
            assert node.leader == NOBODY


def test_a_lost_leader_whose_beats_are_heard_in_time_is_followed_in_full():
    for start in RING_STARTS:
        node = orphan(start)
        now = ticks_add(start, 7000)
        hear(node, elected_claim(900, TERM, BETTER, beat=103, sender=901), now)
        assert node.leader == 900
        assert run_until(node, now, LOSS_MS, lambda node: node.leader != 900) is None


def test_an_hour_after_the_loss_there_are_no_echoes():
    for start in RING_STARTS:
        leader = LostLeader()
        leader.note(LOST, 5, 100, start)
        leader.expire(ticks_add(start, 3599999))
        assert leader.is_echo(LOST, claim(5, 100))
        leader.expire(ticks_add(start, 3600000))
        assert not leader.is_echo(LOST, claim(5, 100))
