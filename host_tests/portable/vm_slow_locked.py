"""MicroPython only: what a node does on a slow link must not touch the heap."""

from vm_heap_locked import Traffic, beacon, event, node

from fakes import node_of
from heap_lock import locked
from skein import beacon_parts as p
from skein import event as e
from skein import frame as f
from skein import hearing_frame as h
from skein import packed_frame
from skein.node import OutgoingFrame
from skein.ticks import TICKS_MAX, ticks_add


def hearing(of_node, passes_on):
    frame = bytearray(h.HEARD + 2 * 3 + 2)
    f.put_header(frame, f.HEARING, 0, 0)
    frame[h.PLACE] = 1 << 4 | h.CALLS | passes_on
    frame[h.HEARD_COUNT] = 3
    f.put_u16(frame, h.HEARD, h.short_of(of_node.id) | h.BOTH_WAYS)
    f.put_u16(frame, h.HEARD + 2, h.short_of(node_of(6)) | h.BOTH_WAYS | h.ON_BACKBONE)
    f.put_u16(frame, h.HEARD + 4, 77 | h.BOTH_WAYS | h.ON_BACKBONE)
    f.put_u16(frame, h.HEARD + 6, h.short_of(of_node.id))
    return frame


def test_two_minutes_of_traffic_on_a_slow_link_touch_no_heap():
    traffic = Traffic(is_slow=True)
    digest = beacon(node_of(5), 3) + bytes((p.DIGEST, 1, 2))
    traffic.frames += (hearing(traffic.node, 1), digest, hearing(traffic.node, 0))
    locked(traffic)
    relay, backbone = traffic.node.diffusion.relay, traffic.node.slow.backbone
    assert relay.repair.repaired and relay.repair.refused
    assert backbone.hearing.is_called() and backbone._count > 1
    assert traffic.node.frames_out > 10


class Leaf:
    """A node whose only neighbour serves all: it leaves the backbone and has to step in."""

    def __init__(self):
        self.node = node(is_slow=True)
        self.frame = hearing(self.node, 1)
        self.frame[h.PLACE] = h.PASSES_ON
        self.frame = self.frame[: h.HEARD + 2 * 3]
        f.put_origin(self.frame, node_of(6), 0, 0)
        self.out = OutgoingFrame()

    def run(self):
        now = TICKS_MAX - 20000
        for step in range(300):
            now = ticks_add(now, 100)
            if step % 50 == 0:
                self.node.receive(0, self.frame, -70, 0, now)
            self.node.poll(now)
            while self.node.take_frame(self.out):
                pass


def test_leaving_the_backbone_touches_no_heap():
    leaf = Leaf()
    locked(leaf)
    assert leaf.node.slow.backbone.changes == 1


class Source:
    """A node whose event goes by name to one wisher; nobody passes it on, so it is opened."""

    def __init__(self):
        self.node = node(is_slow=True)
        self.node.diffusion.interests.expire(ticks_add(TICKS_MAX, 900000))
        frame = hearing(self.node, 1)
        f.put_origin(frame, node_of(6), 0, 0)
        self.node.receive(0, frame, -70, 0, TICKS_MAX - 20000)
        self.frame = bytearray(f.ROWS + f.ROW_LEN)
        f.put_header(self.frame, f.INTEREST, 0, 7)
        f.put_origin(self.frame, node_of(9), 0, 1)
        f.put_id(self.frame, f.SENDER, node_of(6))
        f.put_id(self.frame, f.ROWS, self.node.diffusion.wishes.learn("anomaly.smoke"))
        self.frame[f.ROW_COUNT] = 1
        self.frame[f.ROWS + 4] = 3
        self.node.receive(0, self.frame, -70, 0, TICKS_MAX - 20000)
        policy = e.policy(1, e.FULL, e.ANOMALY)
        self.node.diffusion.emit("anomaly.smoke", b"42", policy, 60, TICKS_MAX - 20000)
        self.out = OutgoingFrame()
        self.frame[f.SEQUENCE] = 2

    def run(self):
        now = TICKS_MAX - 20000
        for step in range(300):
            now = ticks_add(now, 100)
            if step == 50:
                self.node.receive(0, self.frame, -70, 0, now)
            self.node.poll(now)
            while self.node.take_frame(self.out):
                pass


def test_naming_those_who_pass_an_event_on_touches_no_heap():
    source = Source()
    locked(source)
    assert (source.node.slow.steered, source.node.slow.opened) == (3, 1)


class Waiting:
    """Events that wait at one time and go out together."""

    def __init__(self):
        self.node = node(is_slow=True)
        told = hearing(self.node, 1)
        f.put_origin(told, node_of(6), 0, 0)
        self.node.receive(0, told, -70, 0, TICKS_MAX - 20000)
        self.event = event(self.node)
        self.source = node_of(7)
        self.out = OutgoingFrame()

    def run(self):
        now = TICKS_MAX - 20000
        for number in (1, 2, 3):
            f.put_origin(self.event, self.source, 0, number)
            self.node.receive(0, self.event, -70, 0, now)
        for _ in range(300):
            now = ticks_add(now, 100)
            self.node.poll(now)
            while self.node.take_frame(self.out):
                if f.kind_of(self.out.buffer) == f.PACKED:
                    return


class Echo:
    """A node that hears copies of what it has met, several in a frame."""

    def __init__(self, pack):
        self.node = node(is_slow=True)
        self.pack = pack
        f.put_id(pack, f.SENDER, node_of(5))
        self.node.receive(0, pack, -70, 0, TICKS_MAX - 20000)
        self.senders = [node_of(n) for n in range(6, 40)]

    def run(self):
        for sender in self.senders:
            f.put_id(self.pack, f.SENDER, sender)
            self.node.receive(0, self.pack, -70, 0, TICKS_MAX - 20000)


class Missing:
    """A node that sends again what a neighbour does not tell of."""

    def __init__(self):
        self.waiting = Waiting()
        self.waiting.run()
        self.copy = packed(self.waiting.event)
        f.put_id(self.copy, f.SENDER, node_of(6))
        self.sent = 0

    def run(self):
        now = TICKS_MAX - 17000
        node, out = self.waiting.node, self.waiting.out
        for step in range(40):
            now = ticks_add(now, 100)
            if step == 20:  # its own repetitions are over
                node.receive(0, self.copy, -70, 0, now)
            node.poll(now)
            while node.take_frame(out):
                if f.kind_of(out.buffer) == f.PACKED:
                    self.sent += 1


def packed(last_event):
    """A copy of an event, telling of one that nobody else knows."""
    frame = bytearray(last_event) + bytes(1)
    frame[f.KIND] ^= f.EVENT ^ f.PACKED
    frame[f.TOPIC + 3] |= packed_frame.TELLS
    length = packed_frame.squeeze(frame, len(last_event), 60)
    frame[length] = 0x5A
    frame[length + 1] = 1
    return frame


def test_events_that_go_along_touch_no_heap():
    waiting = Waiting()
    locked(waiting)
    assert waiting.node.slow.riders == 2


def test_copies_of_several_events_in_a_frame_touch_no_heap():
    waiting = Waiting()
    waiting.run()
    echo = Echo(waiting.out.buffer[: waiting.out.length])
    locked(echo)
    assert echo.node.diffusion.duplicates == len(echo.senders) * 3


def test_what_a_neighbour_does_not_tell_of_is_sent_again_and_touches_no_heap():
    missing = Missing()
    locked(missing)
    assert missing.sent and missing.waiting.node.slow.repair.repaired == 2
