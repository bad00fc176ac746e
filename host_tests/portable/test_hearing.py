"""What a node learns from its neighbours' lists of whom they hear."""

from hearing_lists import LINK, ME, table, told
from skein import frame as f
from skein import hearing_frame as h


def entries(hearing, row):
    found = []
    while hearing.entry(row, len(found)):
        found.append(hearing.entry(row, len(found)) & h.SHORT)
    return found


def test_a_neighbour_hears_this_node_if_it_says_so():
    hearing = table(10, 11, 12)
    hearing.hear(told((ME, 0)), 0)
    hearing.hear(told((12, 0)), 1)
    assert [hearing.is_both_ways(row) for row in range(3)] == [True, False, False]
    assert [hearing.is_known(row) for row in range(3)] == [True, True, False]
    assert [hearing.may_hear(row) for row in range(4)] == [True, False, True, False]
    hearing.hear(told(), 0)
    assert not hearing.is_both_ways(0)


def test_a_neighbour_that_does_not_know_that_it_is_heard_is_news():
    hearing = table(10)
    assert hearing.hear(told((ME, 0)), 0)
    assert not hearing.hear(told((ME, h.BOTH_WAYS)), 0)
    assert not hearing.hear(told(), 0)  # it does not hear this node, so it cannot know


def test_those_that_hear_this_node_are_counted_while_they_are_there():
    hearing = table(10, 11, 12)
    assert hearing.count_both_ways() == 0
    for row in range(3):
        hearing.hear(told((ME, 0) if row else (99, 0)), row)
    assert hearing.count_both_ways() == 2
    hearing.neighbours.ids[1] = 0
    assert hearing.count_both_ways() == 1


def test_who_hears_a_neighbour_is_known_until_it_says_otherwise():
    hearing = table(10, 11, 12)
    hearing.hear(told((11, 0), (99, 0)), 0)
    hearing.hear(told((11, 0)), 2)
    assert hearing.hearers[1 * hearing.row_bytes] == 0b101
    hearing.hear(told(), 0)
    assert hearing.hearers[1 * hearing.row_bytes] == 0b100
    hearing.forget_row(1)
    assert hearing.hearers[1 * hearing.row_bytes] == 0
    hearing.hear(told((11, 0)), 2)
    hearing.forget_row(2)
    assert hearing.hearers[1 * hearing.row_bytes] == 0


def test_of_a_list_those_on_the_backbone_are_kept_but_for_this_node():
    hearing = table(10, 11)
    hearing.hear(told((ME, h.ON_BACKBONE), (98, h.ON_BACKBONE), (99, 0)), 0)
    assert entries(hearing, 0) == [98]


def test_a_neighbour_leads_on_if_it_is_joined_to_one_of_the_backbone_out_of_reach():
    hearing = table(10, 11)
    for entry, leads_on in (
        ((99, LINK), True),
        ((99, h.ON_BACKBONE), False),
        ((99, h.BOTH_WAYS), False),
        ((11, LINK), True),
    ):
        hearing.hear(told(entry), 0)
        assert hearing.has_more(0) == leads_on
    hearing.hear(told((ME, 0)), 1)
    assert not hearing.has_more(0)  # what 10 could serve is served by this node


def test_a_neighbour_s_own_word_on_its_role_counts_more_than_what_others_told():
    hearing = table(10, 11)
    hearing.hear(told((11, h.ON_BACKBONE)), 0)
    hearing.hear(told(passes_on=0), 1)
    assert not hearing.entry(0, 0) & h.ON_BACKBONE
    hearing.hear(told((11, h.ON_BACKBONE)), 0)
    assert entries(hearing, 0) == []
    hearing.hear(told(passes_on=1), 1)
    hearing.hear(told((11, h.ON_BACKBONE)), 0)
    assert entries(hearing, 0) == [11]


def test_a_list_that_is_too_long_is_cut_and_counted():
    hearing = table(10)
    hearing.hear(told(*[(100 + n, h.ON_BACKBONE) for n in range(20)]), 0)
    assert len(entries(hearing, 0)) == 16 and hearing.refused == 4
    assert hearing.entry(0, 16) == 0


def test_what_is_written_is_what_is_heard():
    one, other = table(10, 11), table(ME)
    one.neighbours.admit(0, 0)
    one.hear(told((ME, 0), passes_on=0), 1)
    frame = bytearray(f.MTU)
    frame[h.PLACE] = h.PASSES_ON
    assert one.write(frame) == h.HEARD + 2 * 2
    assert f.get_u16(frame, h.HEARD) == 10 | h.ON_BACKBONE  # as every node until it says otherwise
    assert f.get_u16(frame, h.HEARD + 2) == 11 | h.BOTH_WAYS
    other.hear(frame, 0)
    assert entries(other, 0) == [10]


def test_the_digest_changes_with_a_row_a_role_and_a_direction():
    hearing = table(10)
    digests = [hearing.digest()]
    hearing.forget_row(hearing.neighbours.admit(11, 0))
    digests.append(hearing.digest())
    hearing.hear(told(passes_on=0), 1)
    digests.append(hearing.digest())
    hearing.hear(told((ME, 0), passes_on=0), 1)
    digests.append(hearing.digest())
    assert len(set(digests)) == 4
    hearing.hear(told((ME, h.BOTH_WAYS), passes_on=0), 1)
    assert hearing.digest() == digests[3]


def calls(hearing):
    """The calls that this node would send, and whether the first one is its own."""
    frame = bytearray(f.MTU)
    length = hearing.write(frame)
    at = h.HEARD + 2 * frame[h.HEARD_COUNT]
    assert length == at + 2 * (frame[h.PLACE] >> 4)
    found = [f.get_u16(frame, at + 2 * n) for n in range(frame[h.PLACE] >> 4)]
    return found, bool(frame[h.PLACE] & h.CALLS)


def calling(own, *shorts):
    frame = told((ME, 0))
    frame[h.PLACE] = len(shorts) << 4 | (h.CALLS if own else 0)
    for short in shorts:
        frame += bytes((short & 0xFF, short >> 8))
    return frame


def test_who_is_heard_by_nobody_of_the_backbone_that_it_hears_calls_for_the_strongest():
    hearing = table(10, 11, 12)
    for row, rssi_dbm in enumerate((-120, -90, -85)):
        hearing.neighbours.hear(row, rssi_dbm, 0)
    assert calls(hearing) == ([], False)  # they may yet say that they hear it
    for row in range(3):
        hearing.hear(told((99, 0)), row)
    assert calls(hearing) == ([11], True)  # 12 is not so much stronger that it matters
    hearing.hear(told((ME, 0), passes_on=0), 0)
    assert calls(hearing) == ([11], True)
    hearing.hear(told((ME, 0), passes_on=1), 0)
    assert calls(hearing) == ([11], True)  # 10 has nothing from anybody but this node
    hearing.hear(told((ME, 0), (99, h.ON_BACKBONE | h.BOTH_WAYS), passes_on=1), 0)
    assert calls(hearing) == ([], False)


def test_a_call_is_repeated_by_whoever_the_called_one_hears_and_only_at_first_hand():
    hearing = table(10, 11, 12)
    hearing.hear(calling(True, 11), 0)
    assert calls(hearing) == ([], False)  # 11 is not known to hear this node
    hearing.hear(told((ME, 0)), 1)
    assert calls(hearing) == ([11], False)
    digest = hearing.digest()
    hearing.hear(calling(False, 11), 0)
    assert calls(hearing) == ([], False) and hearing.digest() != digest


def test_who_is_called_knows_it_until_the_call_ends_or_the_caller_goes():
    hearing = table(10, 11)
    hearing.hear(calling(False, 99, ME), 0)
    assert hearing.is_called()
    hearing.hear(calling(False, 99), 0)
    assert not hearing.is_called()
    hearing.hear(calling(False, ME), 0)
    hearing.forget_row(0)
    assert not hearing.is_called()


def test_what_is_cut_too_long_or_says_too_much_is_not_whole():
    frame = calling(True, 11, 12)
    assert h.is_whole(frame) and h.is_whole(told())
    for length in range(len(frame)):
        assert not h.is_whole(frame[:length])
    assert not h.is_whole(frame + b"x")
    for place in (h.CALLS, (h.CALLS_MAX + 1) << 4):
        frame = told() + bytes(2 * (place >> 4))
        frame[h.PLACE] = place
        assert not h.is_whole(frame)
    assert not h.is_whole(told(*[(n, 0) for n in range(h.HEARD_MAX + 1)]))
