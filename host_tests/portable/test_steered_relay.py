"""What a node does with events that go by name."""

from test_ways import declaration

from fakes import RING_STARTS, LowestRoll
from hearing_lists import LINK, told
from skein import beacon_parts as p
from skein import event as e
from skein import frame as f
from skein import packed_frame
from skein import steered_frame as s
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import ticks_add
from slow_relay import AIRTIME_MS, SlowRadio

ME = 3
ONE, OTHER, LEAF = 10, 11, 12  # neighbours
WISHER = 500
UNSURE_MS = 900000
HEARD_MS = 8 * AIRTIME_MS


class Board:
    """Node ME with three neighbours that hear it; WISHER is two hops away, beyond ONE."""

    def __init__(self, start=0):
        self.now = start
        settings = NodeSettings(node=ME, queue_slots=6, origins=8, interests=20, neighbours=8)
        self.node = Node(settings, SlowRadio(), LowestRoll())
        self.topic = self.node.diffusion.wishes.learn("anomaly.smoke")
        self.node.start(start)
        self.node.diffusion.interests.expire(ticks_add(start, UNSURE_MS))
        self.out = OutgoingFrame()
        for node in (ONE, OTHER, LEAF):
            frame = told((ME, LINK))
            f.put_header(frame, f.HEARING, 0, 0)
            f.put_origin(frame, node, 0, 0)
            self.hear(frame)
        self.declare(WISHER, ONE)

    def hear(self, frame):
        self.node.receive(0, bytearray(frame), -70, 0, self.now)

    def declare(self, wisher, by, number=1):
        frame = declaration(1, number, wisher)
        f.put_id(frame, f.SENDER, by)
        f.put_id(frame, f.ROWS, self.topic)
        self.hear(frame)

    def sent(self, ms):
        """The frames of events that it sends meanwhile."""
        frames = []
        for _ in range(ms):
            self.now = ticks_add(self.now, 1)
            self.node.poll(self.now)
            while self.node.take_frame(self.out):
                frame = bytes(self.out.buffer[: self.out.length])
                if f.kind_of(frame) in (f.PACKED, f.STEERED):
                    frames.append(frame)
        return frames

    def emit(self):
        policy = e.policy(1, e.FULL, e.ANOMALY)
        self.node.diffusion.emit("anomaly.smoke", b"42", policy, 600, self.now)

    def event(self, *names, sender=OTHER, sequence=1):
        """An event of node 77 by name, each (node, whom to care for), and by the backbone."""
        frame = bytearray(f.MTU)
        f.put_header(frame, f.EVENT, 0, 7)
        f.put_origin(frame, 77, 0, sequence)
        f.put_id(frame, f.SENDER, sender)
        at = e.write(frame, self.topic, e.policy(1, e.FULL, e.ANOMALY), 600, b"42")
        plain = frame[:at]
        for node, wisher in names:
            at = s.write_name(frame, at, node, s.mark_of(wisher, 0))
        at = s.write_tail(frame, at, 0, len(names))
        return frame[: packed_frame.squeeze(frame, at, 30)], plain


def names(frame):
    """Of the nodes around those that it names; None for a frame that names none by design."""
    if f.kind_of(frame) == f.PACKED:
        return None
    end = s.end_of_event(frame)
    return [node for node in (ONE, OTHER, LEAF, ME) if s.turn_of(frame, end, node) >= 0]


def test_its_own_event_names_the_neighbour_that_leads_to_who_wants_it():
    for start in RING_STARTS:
        board = Board(start)
        board.emit()
        frames = board.sent(20)
        assert [names(frame) for frame in frames] == [[ONE]]
        assert bytes(frames[0][packed_frame.PAYLOAD : s.end_of_event(frames[0])]) == b"42"


def test_nobody_is_named_before_most_have_said_what_they_want():
    board = Board()
    board.node.diffusion.interests.lose(board.now)
    board.emit()
    assert [names(frame) for frame in board.sent(20)] == [None]


def test_who_stays_silent_is_named_three_times_and_then_the_backbone_passes_it_on():
    board = Board()
    board.emit()
    frames = board.sent(6 * HEARD_MS)
    assert [names(frame) for frame in frames] == [[ONE], [ONE], [ONE], None]
    assert board.node.slow.opened == 1


def test_in_the_place_of_who_stays_silent_another_one_is_named():
    board = Board()
    board.declare(WISHER, OTHER)
    board.emit()
    frames = board.sent(7 * HEARD_MS)
    assert [names(frame) for frame in frames][:4] == [[ONE], [ONE], [ONE], [OTHER]]


def test_who_is_heard_to_pass_it_on_is_named_no_more():
    board = Board()
    board.emit()
    frame = bytearray(board.sent(20)[0])
    f.pass_on(frame, ONE)
    board.hear(frame)
    assert board.sent(6 * HEARD_MS) == []


def test_who_is_named_passes_it_on_and_others_leave_it():
    for start in RING_STARTS:
        board = Board(start)
        board.hear(board.event((ME, WISHER))[0])
        frames = board.sent(AIRTIME_MS)
        assert [names(frame) for frame in frames] == [[ONE]]
        assert f.hops_travelled(frames[0]) == 1
        board.hear(board.event((LEAF, WISHER), sequence=2)[0])
        assert board.node.diffusion.relay.find(77, 0, 2) < 0
        assert len(board.sent(20 * HEARD_MS)) == 3  # of the first one


def test_those_who_are_named_speak_in_turn():
    board = Board()
    board.hear(board.event((LEAF, WISHER), (ME, WISHER))[0])
    assert board.sent(6 * AIRTIME_MS - 1) == []
    assert len(board.sent(AIRTIME_MS)) == 1


def test_who_knows_no_way_to_whom_it_cares_for_leaves_it_to_the_backbone():
    board = Board()
    board.declare(501, LEAF)
    board.node.slow.ways.forget_row(2)
    board.hear(board.event((ME, 501))[0])
    assert [names(frame) for frame in board.sent(AIRTIME_MS)] == [None]


def test_who_is_named_again_says_once_more_that_it_passed_it_on_but_not_for_ever():
    board = Board()
    board.declare(LEAF, LEAF)
    frame = board.event((ME, LEAF))[0]
    told_again = []
    for _ in range(5):
        board.hear(frame)
        told_again.append([names(each) for each in board.sent(HEARD_MS)])
    assert told_again == [[[]], [[]], [[]], [], []]


def test_who_is_named_for_somebody_else_too_passes_it_on_for_that_one():
    board = Board()
    board.declare(LEAF, LEAF)
    board.hear(board.event((ME, LEAF))[0])
    assert [names(frame) for frame in board.sent(AIRTIME_MS)] == [[]]
    board.hear(board.event((ME, WISHER), sender=LEAF)[0])
    assert [names(frame) for frame in board.sent(AIRTIME_MS)] == [[ONE]]


def test_what_got_stuck_is_passed_on_by_who_left_it_before():
    board = Board()
    steered, plain = board.event((LEAF, WISHER))
    board.hear(steered)
    assert board.sent(HEARD_MS) == []
    for frames in ([None], []):
        board.hear(plain)
        assert [names(frame) for frame in board.sent(HEARD_MS)] == frames


def test_a_neighbour_that_lacks_what_went_by_name_is_told_of_it_only_if_it_wants_it():
    board = Board()
    board.declare(LEAF, LEAF)
    board.hear(board.event((OTHER, WISHER))[0])
    board.sent(40 * AIRTIME_MS)
    for node, times in ((OTHER, 0), (LEAF, 1)):
        frame = bytearray(p.FIRST_ROW)
        f.put_header(frame, f.BEACON, 0, 0)
        f.put_origin(frame, node, 0, 1)
        frame[p.WHAT] = p.DIGEST
        board.hear(frame)
        assert [names(each) for each in board.sent(HEARD_MS)] == [[]] * times


def test_an_event_by_name_reaches_the_application_as_it_was():
    board = Board()
    board.node.diffusion.wishes.want("anomaly.smoke", 3)
    steered, plain = board.event((LEAF, WISHER))
    board.hear(steered)
    event = board.node.next_event()
    assert (event.payload, event.topic) == (b"42", "anomaly.smoke")
    board.hear(steered)
    board.hear(plain)
    assert board.node.next_event() is None


def test_a_steered_frame_that_is_not_whole_is_passed_over():
    board = Board()
    frame = board.event((ME, WISHER))[0]
    frame[-1] = 200
    board.hear(frame)
    assert board.sent(HEARD_MS) == []
