"""What a frame of events tells of others, and what a neighbour does about it."""

from test_packed_frame import packed, unpacked
from test_packing_relay import AIRTIME_MS, OpenBoard
from test_steered_relay import LEAF, ME, ONE, OTHER

from fakes import Dice
from hearing_lists import LINK, told
from skein import frame as f
from skein import frame_digest as d
from skein import packed_frame as p
from skein.repair import hash_of
from skein.ticks import ticks_add
from skein.turns import CRITICAL, NORMAL

SOON_MS = 8 * AIRTIME_MS
OF_ALARMS = True
LITTLE_ROOM = 300  # of 1000 are in use


class Talk(OpenBoard):
    """An OpenBoard whose neighbours tell of what they have."""

    def pass_on(self, sequence, priority=NORMAL):
        """An event comes from OTHER and is sent; returns the frame."""
        self.hear(self.made(sequence, priority=priority))
        (frame,) = self.sent(AIRTIME_MS)
        return frame

    def tell(self, node, *sequences, carried=99, is_of_alarms=False):
        """A neighbour passes an event on, and tells of others of node 77."""
        frame = packed(self.made(carried))
        f.put_id(frame, f.SENDER, node)
        frame[f.TOPIC + 3] |= p.TELLS
        hashes = bytes([hash_of(self.made(each)) for each in sequences])
        self.hear(frame + hashes + bytes((len(hashes) | p.ALARMS * is_of_alarms,)))

    def again(self, ms=SOON_MS):
        """Which events of node 77 it sends meanwhile, but for what neighbours carried."""
        return [each for frame in self.numbers(ms) for each in frame if each < 90]


def hashes(frame):
    return list(frame[p.end_of_events(frame) : -1])


def test_a_frame_tells_of_what_its_sender_met_lately_but_for_what_it_carries():
    board = Talk()
    first = board.pass_on(1)
    assert p.end_of_events(first) == len(first)
    frame = board.pass_on(2)
    assert hashes(frame) == [hash_of(board.made(1))]
    assert [each[f.PAYLOAD :] for each in unpacked(frame[: p.end_of_events(frame)])[0]] == [b"42"]
    frame = board.pass_on(3)
    assert hashes(frame) == [hash_of(board.made(each)) for each in (2, 1)]


def test_it_tells_of_no_more_than_eight_and_of_none_that_is_old():
    board = Talk()
    for sequence in range(1, 10):
        board.pass_on(sequence)
    frame = board.pass_on(10)
    assert hashes(frame) == [hash_of(board.made(each)) for each in range(9, 1, -1)]
    board.now = ticks_add(board.now, 120000)
    board.tell(OTHER)
    frames = board.sent(AIRTIME_MS)
    assert [hashes(frame) for frame in frames if p.end_of_events(frame) < len(frame)] == []


def test_what_a_neighbour_did_not_hear_is_sent_again_soon():
    board = Talk()
    board.pass_on(1)
    board.sent(SOON_MS)
    board.tell(ONE, 50)
    assert board.again() == [1]


def test_what_it_tells_of_or_carries_is_not_sent_again():
    board = Talk()
    for sequence in (1, 2):
        board.pass_on(sequence)
    board.sent(SOON_MS)
    board.tell(ONE, 1, carried=2)
    assert board.again() == []


def test_what_was_sent_just_now_is_not_missed_yet():
    board = Talk()
    board.pass_on(1)
    board.tell(ONE, 50)
    assert board.again() == []


def test_who_is_not_known_to_hear_this_node_is_not_served():
    board = Talk()
    board.pass_on(1)
    board.sent(SOON_MS)
    frame = told((55, LINK))
    f.put_header(frame, f.HEARING, 0, 0)
    f.put_origin(frame, ONE, 0, 1)
    board.hear(frame)
    board.tell(ONE, 50)
    board.tell(900, 50, carried=98)
    assert board.again() == []


def test_a_copy_of_another_node_that_is_heard_there_serves_it():
    board = Talk()
    board.pass_on(1)
    board.sent(SOON_MS)
    frame = told((ME, LINK), (OTHER, LINK))
    f.put_header(frame, f.HEARING, 0, 0)
    f.put_origin(frame, ONE, 0, 1)
    board.hear(frame)
    board.tell(ONE, 50)
    board.hear(board.made(1))  # from OTHER, whom ONE hears
    assert board.again() == []


def test_of_a_full_digest_only_what_came_after_its_oldest_is_missed():
    board = Talk()
    for sequence in range(1, 11):
        board.pass_on(sequence)
    board.sent(SOON_MS)
    board.tell(ONE, 9, 8, 7, 6, 5, 4, 3, 2)
    assert board.again() == [10]


def test_where_alarms_leave_little_room_only_they_are_told_of_and_missed():
    board = Talk()
    board.pass_on(1)
    board.pass_on(2, CRITICAL)
    assert len(hashes(board.pass_on(4))) == 2
    board.node.slow.share.permille = LITTLE_ROOM
    assert hashes(board.pass_on(3)) == [hash_of(board.made(2))]
    board.sent(SOON_MS)
    board.tell(ONE, 50)
    assert board.again() == [2]


def test_of_who_tells_of_alarms_only_nothing_else_is_missed():
    board = Talk()
    board.pass_on(1)
    board.sent(SOON_MS)
    board.tell(ONE, 50, is_of_alarms=OF_ALARMS)
    assert board.again() == []


def test_who_lacks_everything_for_ever_costs_little():
    board = Talk()
    for sequence in range(1, 10):
        board.pass_on(sequence)
    sent = []
    for carried in range(100, 130):
        board.sent(SOON_MS)
        board.tell(LEAF, carried=carried)
        sent += board.again()
    assert len(sent) <= 2 * 9 and max(sent.count(each) for each in range(1, 10)) <= 2


def test_a_digest_longer_than_its_frame_is_refused():
    board = Talk()
    frame = packed(board.made(1, b""))
    frame[f.TOPIC + 3] |= p.TELLS
    board.hear(frame + bytes((3,)))
    assert board.node.slow.malformed == 1 and board.node.slow.find(77, 0, 1) < 0


def test_whatever_a_packed_frame_holds_it_is_heard_without_an_exception():
    board = Talk()
    dice = Dice(3)
    board.pass_on(1)
    for number in range(400):
        frame = packed(board.made(number & 3), board.made(5, b"")) + bytes(dice.randrange(12))
        for _ in range(dice.randrange(6)):
            at = f.TOPIC + dice.randrange(len(frame) - f.TOPIC)
            frame[at] = dice.randrange(256) >> dice.randrange(8)
        board.hear(frame[: f.HEADER_LEN + dice.randrange(len(frame) - f.HEADER_LEN + 1)])
        board.sent(1)
    assert 0 < board.node.slow.malformed < 400


def test_the_longest_digest_finds_room_behind_the_longest_events():
    board = Talk()
    for sequence in range(1, 10):
        board.pass_on(sequence)
    for length in (190, 205, 220):
        board.hear(board.made(20 + length, bytes(length)))
        (frame,) = board.sent(AIRTIME_MS)
        assert len(frame) <= f.MTU - f.TAG_LEN
        has_room = len(frame) + d.TOLD_MAX + 1 <= f.MTU - f.TAG_LEN
        assert (p.end_of_events(frame) < len(frame)) or not has_room
