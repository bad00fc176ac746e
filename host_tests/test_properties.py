"""What must hold for any input, with inputs that hypothesis looks for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import RING_STARTS, FakeRadio, LowestRoll
from models import play_interest_table, play_neighbours, play_seen_table
from queue_model import play_event_queue
from skein import frame as f
from skein.courier import BODY, REPORT
from skein.event import IN_ORDER, Event, delivery_of
from skein.ids import ID_MAX
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import MAX_DELTA_MS, TICKS_MAX, ticks_add, ticks_diff

MESH = 9
RING = TICKS_MAX + 1

# Without a deadline and without chance, so that a run says the same wherever it is made.
settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("repeatable")

instants = st.one_of(
    st.integers(0, TICKS_MAX), st.sampled_from((0, 1, RING // 2 - 1, RING // 2, TICKS_MAX))
)
spans = st.integers(-MAX_DELTA_MS, MAX_DELTA_MS)
some_ids = st.integers(1, ID_MAX)


class Script:
    """Dice whose rolls hypothesis chose; they begin again when all are used up."""

    def __init__(self, rolls):
        self._rolls = rolls
        self._next = 0

    def randrange(self, n):
        roll = self._rolls[self._next % len(self._rolls)]
        self._next += 1
        return (roll + self._next // len(self._rolls)) % n


scripts = st.lists(st.integers(0, 65535), min_size=20, max_size=200).map(Script)


@st.composite
def frames(draw):
    """Frames that a node could have sent, of every kind."""
    kind = draw(st.sampled_from((f.BEACON, f.INTEREST, f.EVENT, f.CARRIED, f.RECEIPT)))
    if kind == f.BEACON:
        body = bytearray(draw(st.binary(min_size=20, max_size=20)))
        body[f.TERM + 3 - f.HEADER_LEN] &= 0x3F
        body[f.DEPUTY + 3 - f.HEADER_LEN] &= 0x3F
        body[f.LEADER + 3 - f.HEADER_LEN] &= 0x3F
    elif kind == f.INTEREST:
        rows = draw(st.lists(st.tuples(some_ids, st.integers(0, 4)), max_size=f.ROWS_MAX))
        body = bytearray((len(rows),))
        for topic, level in rows:
            body += topic.to_bytes(4, "little") + bytes((level,))
    elif kind == f.CARRIED:
        nodes = (draw(some_ids), 5)  # to, by way of this node
        body = bytearray().join([number.to_bytes(4, "little") for number in nodes])
        body += bytes((0, 0, REPORT)) + draw(st.binary(max_size=f.MTU - BODY))
    elif kind == f.RECEIPT:
        count = draw(st.integers(0, 16))
        body = bytearray((count,)) + draw(st.binary(min_size=7 * count, max_size=7 * count))
    else:
        body = bytearray(draw(some_ids).to_bytes(4, "little"))
        body += draw(st.binary(min_size=4, max_size=f.MTU - f.TOPIC - 4))  # with what may trail
    frame = bytearray(f.HEADER_LEN) + body
    f.put_header(frame, kind, MESH, draw(st.integers(0, f.HOPS_MAX)))
    f.put_origin(frame, draw(some_ids), draw(st.integers(0, 255)), draw(st.integers(0, 65535)))
    return frame


@st.composite
def damaged_frames(draw):
    """The same with bytes changed, cut off or added."""
    frame = draw(frames())
    for _ in range(draw(st.integers(0, 3))):
        frame[draw(st.integers(0, len(frame) - 1))] = draw(st.integers(0, 255))
    return frame[: draw(st.integers(0, len(frame)))] + draw(st.binary(max_size=6))


any_bytes = st.one_of(st.binary(max_size=300).map(bytearray), damaged_frames())


@given(instants, spans)
def test_adding_and_measuring_agree_with_whole_numbers(instant, span):
    later = ticks_add(instant, span)
    assert later == (instant + span) % RING
    assert ticks_diff(later, instant) == span
    assert ticks_diff(instant, later) == -span


@given(instants, spans)
def test_nothing_in_the_arithmetic_of_time_leaves_the_small_ints(instant, span):
    later = ticks_add(instant, span)
    for value in (instant - later, later - instant, (instant ^ RING // 2) - RING // 2 + span):
        assert -RING <= value < RING


@given(frames())
def test_a_frame_that_a_node_could_have_sent_is_accepted(frame):
    assert f.check(frame, MESH) == f.OK


@given(st.integers(0, ID_MAX), st.integers(0, 65535), st.integers(0, 20))
def test_numbers_come_back_as_they_were_written_and_nothing_beside_them_changes(number, u16, at):
    frame = bytearray(b"\xa5" * 30)
    f.put_id(frame, at, number)
    f.put_u16(frame, at + 4, u16)
    assert (f.get_id(frame, at), f.get_u16(frame, at + 4)) == (number, u16)
    assert set(frame[:at]) <= {0xA5}
    assert set(frame[at + 6 :]) == {0xA5}


@given(some_ids, st.integers(0, 255), st.integers(0, 65535), st.integers(0, f.HOPS_MAX))
def test_a_header_comes_back_as_it_was_written(node, epoch, sequence, hop_limit):
    frame = bytearray(f.HEADER_LEN)
    f.put_header(frame, f.EVENT, MESH, hop_limit)
    f.put_origin(frame, node, epoch, sequence)
    assert (f.kind_of(frame), frame[f.MESH]) == (f.EVENT, MESH)
    assert (f.hops_left(frame), f.hops_travelled(frame)) == (hop_limit, 0)
    assert f.get_id(frame, f.SENDER) == f.get_id(frame, f.ORIGIN) == node
    assert (frame[f.EPOCH], f.get_u16(frame, f.SEQUENCE)) == (epoch, sequence)


@settings(max_examples=400)
@given(any_bytes)
def test_whatever_is_accepted_can_be_read_to_its_end(frame):
    if f.check(frame, MESH) != f.OK:
        return
    if f.kind_of(frame) == f.EVENT:
        event = Event("topic", frame, len(frame))
        end = len(frame) - (delivery_of(frame[f.POLICY]) >= IN_ORDER)
        assert event.payload == bytes(frame[f.PAYLOAD : end])
        assert end >= f.PAYLOAD
    elif f.kind_of(frame) == f.INTEREST:
        end = f.ROWS + frame[f.ROW_COUNT] * f.ROW_LEN
        assert end == len(frame)
    elif f.kind_of(frame) == f.BEACON:
        assert f.get_id(frame, f.LEADER) >= 0 and frame[f.LEADER_HOPS] >= 0
    if f.hops_left(frame):
        f.pass_on(frame, 1)
        assert f.check(frame, MESH) == f.OK


@settings(max_examples=200)
@given(
    st.lists(st.tuples(any_bytes, st.integers(1, 3000)), max_size=30),
    instants,
    st.sampled_from((0, 1000)),
)
def test_a_node_survives_any_frames_and_only_says_what_others_accept(heard, now, summary_ms):
    settings = NodeSettings(node=5, mesh=MESH, summary_ms=summary_ms)
    node = Node(settings, FakeRadio(), LowestRoll())
    out = OutgoingFrame()
    node.start(now)
    for frame, wait_ms in heard:
        now = ticks_add(now, wait_ms)
        node.receive(0, frame, -60, 0, now)
        for _ in range(3):  # what is due can make one more thing due at once, but not for ever
            node.poll(now)
            while node.take_frame(out):
                said = out.buffer[: out.length]
                assert f.check(said, MESH) == f.OK
                assert f.get_id(said, f.SENDER) == 5
        assert ticks_diff(node.next_deadline(), now) > 0  # or the device would never sleep
    assert node.frames_in == len(heard)


@pytest.mark.parametrize("start", RING_STARTS)
@pytest.mark.parametrize(
    "play", [play_seen_table, play_neighbours, play_interest_table, play_event_queue]
)
def test_a_table_agrees_with_its_model_whatever_happens(play, start):
    given(scripts)(lambda dice: play(dice, ticks_add(start, -2000), 40))()
