"""One node with a known neighbour, the messages it may hear, and what it then transmits."""

from fakes import FakeAir, node_of
from skein import event as e
from skein import frame as f
from skein.ids import topic_id
from skein.node import OutgoingFrame
from skein.ticks import ticks_add

ORIGIN = node_of(50)
SMOKE = topic_id("anomaly.smoke")


def lone_node(start=0, **settings):
    """A node that knows one neighbour, number 50, and whose tables count as complete."""
    air = FakeAir(1, start=start, **settings)
    node = air.nodes[0]
    node.diffusion.interests._is_short = False
    air.run(600)
    node.neighbours.admit(ORIGIN, air.now)
    node.receive(0, declaration(0, {}), -60, 0, air.now)
    return air, node


def declaration(sequence, wants, origin=ORIGIN):
    frame = bytearray(f.ROWS + len(wants) * f.ROW_LEN)
    f.put_header(frame, f.INTEREST, 0, 7)
    f.put_origin(frame, origin, 0, sequence)
    frame[f.ROW_COUNT] = len(wants)
    at = f.ROWS
    for topic in wants:
        f.put_id(frame, at, topic)
        frame[at + 4] = wants[topic]
        at += f.ROW_LEN
    return frame


def event(sequence, origin=ORIGIN, sender=None, life_s=60, hop_limit=7):
    frame = bytearray(f.PAYLOAD) + b"x"
    f.put_header(frame, f.EVENT, 0, hop_limit)
    f.put_origin(frame, origin, 0, sequence)
    f.put_id(frame, f.SENDER, sender or origin)
    f.put_id(frame, f.TOPIC, SMOKE)
    frame[f.POLICY] = e.ANOMALY_POLICY
    f.put_u16(frame, f.LIFE_S, life_s)
    return frame


def transmitted(air, kind, ms):
    """The frames of this kind that the node sends within so many milliseconds."""
    out = OutgoingFrame()
    frames = []
    node = air.nodes[0]
    for _ in range(ms):
        air.now = ticks_add(air.now, 1)
        node.poll(air.now)
        while node.take_frame(out):
            if f.kind_of(out.buffer) == kind:
                frames.append(bytes(out.buffer[: out.length]))
    return frames
