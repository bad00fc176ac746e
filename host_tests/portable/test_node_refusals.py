"""What a node refuses: frames of others, and what its own application asks for."""

from events_in_air import emit, mesh, payloads
from fakes import Dice
from skein import frame as f
from skein.diffusion import PAYLOAD_MAX
from skein.errors import ConfigError, EventError
from skein.interest_table import CRITICAL, HIGH, NONE


def refusal(function, *arguments):
    """The sentence with which a call was refused, or None."""
    try:
        function(*arguments)
    except (ConfigError, EventError) as error:
        return str(error)
    return None


def test_a_replayed_frame_is_counted_and_not_delivered_again():
    air = mesh(2, wanting=(1,))
    heard = []
    deliver = air.deliver

    def record(sender, frame):
        heard.append((sender, bytes(frame)))
        deliver(sender, frame)

    air.deliver = record
    emit(air, 0)
    air.run(500)
    before = air.nodes[1].diffusion.duplicates
    for sender, frame in heard:
        if sender == 0:
            air.nodes[1].receive(0, bytearray(frame), -60, 0, air.now)
    air.run(100)
    assert len(payloads(air, 1)) == 1
    assert air.nodes[1].diffusion.duplicates > before


def test_garbage_is_counted_by_reason_and_the_node_goes_on():
    air = mesh(2, wanting=(1,))
    node = air.nodes[1]
    dice = Dice(5)
    for _ in range(500):
        length = dice.randrange(80)
        node.receive(0, bytearray([dice.randrange(256) for _ in range(length)]), -60, 0, air.now)
    node.receive(0, bytearray(f.MTU + 1), -60, 0, air.now)
    assert sum(node.rejected) >= 495
    assert node.rejected[f.TOO_SHORT] and node.rejected[f.OTHER_VERSION]
    assert node.rejected[f.TOO_LONG] == 1
    emit(air, 0)
    air.run(500)
    assert len(payloads(air, 1)) == 1


def beacon(node):
    frame = bytearray(f.BEACON_LEN)
    f.put_header(frame, f.BEACON, 0, 0)
    f.put_origin(frame, node, 0, 0)
    return frame


def test_only_who_sends_beacons_has_a_place_among_the_neighbours():
    air = mesh(2)
    node = air.nodes[1]
    frame = bytearray(f.PAYLOAD + 4)
    f.put_header(frame, f.EVENT, 0, 7)
    for number in range(100):
        f.put_origin(frame, 5000 + number, 0, number)
        node.receive(0, frame, -60, 0, air.now)
    air.run(2000)
    assert node.neighbours.count == 1
    node.receive(0, beacon(5000), -60, 0, air.now)
    assert node.neighbours.find(5000) >= 0 and node.neighbours.find(5001) < 0


def test_offers_are_nothing_unknown_to_a_node_that_repairs_nothing():
    air = mesh(2)
    node = air.nodes[1]
    before = sum(node.rejected)
    frame = bytearray(40)
    for kind, refused in ((f.OFFER, 0), (f.RECEIPT, 1)):
        f.put_header(frame, kind, 0, 0)
        f.put_origin(frame, 5000, 0, 0)
        node.receive(0, frame, -60, 0, air.now)
        assert sum(node.rejected) - before == refused


def test_a_frame_that_claims_to_come_from_this_node_is_dropped():
    air = mesh(2)
    node = air.nodes[1]
    forged = bytearray(f.BEACON_LEN)
    f.put_header(forged, f.BEACON, 0, 0)
    f.put_origin(forged, node.id, 0, 0)
    node.receive(0, forged, -60, 0, air.now)
    assert node.echoes == 1


def test_a_payload_as_long_as_a_frame_allows_arrives_and_a_longer_one_is_refused():
    air = mesh(2, wanting=(1,))
    assert PAYLOAD_MAX == f.MTU - f.PAYLOAD - f.TAG_LEN
    assert emit(air, 0, bytes(PAYLOAD_MAX))
    air.run(500)
    assert payloads(air, 1) == [bytes(PAYLOAD_MAX)]
    assert "at most 223 bytes, this is 224" in refusal(emit, air, 0, bytes(PAYLOAD_MAX + 1))
    assert "not str" in refusal(emit, air, 0, "text")


def test_a_bad_topic_life_or_level_is_refused_in_a_sentence():
    air = mesh(2)
    wishes = air.nodes[0].diffusion.wishes
    assert "1 to 32 bytes" in refusal(emit, air, 0, b"", "t" * 33)
    assert "1 to 32 bytes" in refusal(emit, air, 0, b"", "")
    assert "1 to 65534 seconds" in refusal(lambda: emit(air, 0, life_s=0))
    assert "from 0 to 4" in refusal(wishes.want, "t", CRITICAL + 1)


def test_more_wishes_than_places_are_refused():
    air = mesh(1, wishes=2)
    wishes = air.nodes[0].diffusion.wishes
    wishes.want("a", HIGH)
    wishes.want("b", HIGH)
    assert "at most 2 topics" in refusal(wishes.want, "c", HIGH)
    wishes.want("a", NONE)
    assert refusal(wishes.want, "c", HIGH) is None


def test_a_full_queue_tells_the_application():
    air = mesh(1, queue_slots=4)
    accepted = [emit(air, 0) for _ in range(6)]
    assert accepted == [True] * 4 + [False] * 2
