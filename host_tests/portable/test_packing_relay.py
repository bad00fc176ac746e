"""Which events a node sends in one frame, and what it makes of such frames."""

from test_packed_frame import packed, unpacked
from test_steered_relay import LEAF, ME, ONE, OTHER, UNSURE_MS, Board

from fakes import RING_STARTS
from hearing_lists import LINK, told
from skein import event as e
from skein import frame as f
from skein import packed_frame as p
from skein.ticks import ticks_add
from skein.turns import CRITICAL, HIGH, LOW, NORMAL

AIRTIME_MS = 10
_RETRY_MS = 60


class OpenBoard(Board):
    """A Board that does not know who wants what: the backbone passes everything on."""

    def __init__(self, start=0):
        super().__init__(start)
        self.node.diffusion.interests.lose(ticks_add(start, UNSURE_MS))

    def made(self, sequence, payload=b"42", priority=NORMAL, origin=77):
        frame = bytearray(f.MTU)
        f.put_header(frame, f.EVENT, 0, 7)
        f.put_origin(frame, origin, 0, sequence)
        f.put_id(frame, f.SENDER, OTHER)
        policy = e.policy(priority, e.FULL, e.ANOMALY)
        return frame[: e.write(frame, self.topic, policy, 600, payload)]

    def wait(self, sequence, ms, priority=NORMAL, payload=b"42"):
        """An event comes that is to be passed on after so many milliseconds."""
        self.hear(self.made(sequence, payload, priority))
        slot = self.node.slow.find(77, 0, sequence)
        self.node.slow.queue.set_due(slot, ticks_add(self.now, ms))
        return slot

    def numbers(self, ms=AIRTIME_MS):
        """Of the events of node 77 in each frame that it sends meanwhile."""
        return [[f.get_u16(each, f.SEQUENCE) for each in events(frame)] for frame in self.sent(ms)]


def events(frame):
    return unpacked(frame)[0]


def test_what_waits_goes_along_with_what_is_sent_each_once():
    for start in RING_STARTS:
        board = OpenBoard(start)
        board.wait(1, 5)
        board.wait(2, 9 * AIRTIME_MS, payload=b"other")
        frames = board.sent(20 * AIRTIME_MS)
        assert len(frames) == 1 and board.node.slow.riders == 1
        first, other = events(frames[0])
        assert (first[f.PAYLOAD :], other[f.PAYLOAD :]) == (b"42", b"other")
        for each in first, other:
            assert (f.hops_travelled(each), f.hops_left(each)) == (1, 6)
            assert f.get_id(each, f.SENDER) == ME
        assert len(board.node.slow.queue) == 0


def test_what_is_sent_alone_is_a_byte_shorter_than_an_event():
    board = OpenBoard()
    frame = board.made(1)
    board.hear(frame)
    assert [len(each) for each in board.sent(AIRTIME_MS)] == [len(frame) - 1]


def test_what_is_not_due_soon_waits_for_its_own_frame():
    board = OpenBoard()
    board.wait(1, 5)
    board.wait(2, 9999 * AIRTIME_MS)
    assert board.numbers() == [[1]]


def test_at_most_four_go_together_those_first_that_are_due_first():
    board = OpenBoard()
    for sequence, ms in ((1, 5), (2, 25), (3, 15), (4, 20), (5, 30)):
        board.wait(sequence, ms)
    assert board.numbers(40) == [[1, 3, 4, 2], [5]]


def test_a_frame_leaves_room_for_a_tag():
    board = OpenBoard()
    board.wait(1, 5, payload=bytes(100))
    board.wait(2, 6, payload=bytes(100))
    board.wait(3, 7, payload=bytes(100))
    frames = board.sent(20)
    assert [len(events(frame)) for frame in frames] == [2, 1]
    assert max(len(frame) for frame in frames) <= f.MTU - f.TAG_LEN


def test_what_is_critical_takes_nothing_else_along_but_may_ride():
    board = OpenBoard()
    board.wait(1, 5, CRITICAL)
    board.wait(2, 6, HIGH)
    board.wait(3, 9, CRITICAL)
    assert board.numbers(30) == [[1, 3], [2]]
    board = OpenBoard()
    board.wait(1, 5, HIGH)
    board.wait(2, 9, CRITICAL)
    assert board.numbers(7) == [[1, 2]]


def test_what_the_link_holds_back_does_not_ride():
    board = OpenBoard()
    board.wait(1, 5, HIGH)
    board.wait(2, 6, NORMAL)
    board.node.slow.queue.lowest = HIGH
    assert board.numbers(30) == [[1]]


def test_a_repetition_rides_only_when_it_is_due():
    board = OpenBoard()
    frame = told((ME, LINK), (55, LINK))
    f.put_header(frame, f.HEARING, 0, 0)
    f.put_origin(frame, ONE, 0, 1)
    board.hear(frame)
    policy = e.policy(LOW, e.FULL, e.ANOMALY)  # nobody is heard to pass it on
    board.node.diffusion.emit("anomaly.smoke", b"42", policy, 600, board.now)
    assert len(board.sent(AIRTIME_MS)) == 1
    board.wait(1, 5)
    assert board.numbers() == [[1]]
    slot = board.node.slow.find(ME, 0, (board.node.diffusion.sequence - 1) & 0xFFFF)
    board.wait(2, 5)
    board.node.slow.queue.set_due(slot, ticks_add(board.now, 5))
    (frame,) = board.sent(AIRTIME_MS)
    assert [f.get_id(each, f.ORIGIN) for each in events(frame)] == [77, ME]
    assert board.node.slow.retries == 1  # it counts as one that was sent alone
    assert board.node.slow.queue.is_held(slot)


def test_beside_the_backbone_nothing_rides_that_others_may_make_needless():
    board = OpenBoard()
    board.node.slow.backbone.is_member = False
    for sequence in (1, 2):
        board.node.slow.backbone.hearing._answers[:] = bytes(8)  # may they hear this node?
        board.wait(sequence, 5 * sequence)
    assert board.numbers(7) == [[1]]
    assert board.numbers() == [[2]]


def test_what_goes_by_name_rides_with_nothing():
    board = OpenBoard()
    slot = board.wait(1, 6)
    board.wait(2, 5)
    board.node.slow.steer(slot, 0)
    frames = board.sent(AIRTIME_MS)
    assert [f.kind_of(frame) for frame in frames] == [f.PACKED, f.STEERED]


def test_a_life_is_told_as_it_remains():
    board = OpenBoard()
    for sequence in (1, 2):
        frame = board.made(sequence)
        f.put_u16(frame, f.LIFE_S, 30)
        board.hear(frame)
    board.now = ticks_add(board.now, 4998)
    (frame,) = board.sent(1)
    assert [f.get_u16(each, f.LIFE_S) for each in events(frame)] == [26, 26]


def test_each_event_of_a_frame_is_delivered_and_passed_on():
    board = OpenBoard()
    board.node.diffusion.wishes.want("anomaly.smoke", 3)
    board.hear(packed(board.made(1, b"one"), board.made(2, b"two")))
    assert [board.node.next_event().payload for _ in range(2)] == [b"one", b"two"]
    assert board.numbers() == [[1, 2]]
    board.hear(packed(board.made(1, b"one"), board.made(2, b"two")))
    assert board.node.diffusion.duplicates == 2 and board.node.next_event() is None


def test_copies_in_one_frame_count_as_if_they_had_come_alone():
    board = OpenBoard()
    for sequence in (1, 2, 3):
        board.wait(sequence, 9)
    for node in (ONE, LEAF):
        frame = packed(board.made(1), board.made(2))
        f.put_id(frame, f.SENDER, node)
        board.hear(frame)
    assert board.node.slow.cancelled == 2
    assert board.numbers() == [[3]]


def test_the_channel_is_used_once_for_all_events_of_a_frame():
    board = OpenBoard()
    board.sent(AIRTIME_MS)  # its beacon, and whom it hears
    used = []
    for count in (1, 2):
        board.node.slow.share._used_ms = 0
        for sequence in range(count):
            board.wait(10 * count + sequence, 5)
        before = board.node.slow.share._used_ms
        board.sent(AIRTIME_MS)
        used.append(board.node.slow.share._used_ms - before)
    board.node.slow.share._used_ms = 0
    board.hear(packed(board.made(31), board.made(32)))
    assert used + [board.node.slow.share._used_ms] == [AIRTIME_MS] * 3


def test_what_cannot_be_read_is_counted_and_what_came_before_is_heard():
    board = OpenBoard()
    board.node.diffusion.wishes.want("anomaly.smoke", 3)
    frame = packed(board.made(1, b"one"), board.made(2, b"two"))
    board.hear(frame[: p.LENGTH + 1 + 3 + 2])
    assert board.node.next_event().payload == b"one"
    assert board.node.next_event() is None and board.node.slow.malformed == 1


def test_what_got_stuck_is_passed_on_when_it_comes_with_others():
    board = OpenBoard()
    steered, plain = board.event((LEAF, 500))
    board.hear(steered)
    assert board.sent(_RETRY_MS) == []
    board.hear(packed(board.made(5), plain))
    assert board.numbers() == [[1, 5]]
