from skein.ids import NOBODY
from skein.lost_leader import LostLeader

LOST = 77


def lost(term=5, beat=100):
    leader = LostLeader()
    leader.note(LOST, term, beat)
    return leader


def test_a_claim_of_another_leader_is_no_echo():
    assert not lost().is_echo(78, 5, 100)
    assert not LostLeader().is_echo(LOST, 0, 0)


def test_a_claim_with_a_beat_from_before_the_loss_is_an_echo():
    for beat in (100, 99, 50, 100 - 0x7FFF & 0xFFFF):
        assert lost().is_echo(LOST, 5, beat)
        assert lost().is_echo(LOST, 4, beat)


def test_a_beat_since_the_loss_proves_that_the_leader_lives():
    assert not lost().is_echo(LOST, 5, 101)
    assert not lost(beat=0xFFFF).is_echo(LOST, 5, 0)


def test_in_a_later_term_only_the_last_three_beats_are_echoes():
    for beat in (100, 99, 98):
        assert lost().is_echo(LOST, 6, beat)  # others defended it and lifted its term
    for beat in (97, 50, 101):
        assert not lost().is_echo(LOST, 6, beat)  # it was elected anew and counts from elsewhere


def test_a_leader_that_was_found_again_is_no_longer_lost():
    leader = lost()
    leader.note(NOBODY, 0, 0)
    assert leader.node == NOBODY
    assert not leader.is_echo(LOST, 5, 100)
