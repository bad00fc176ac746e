"""What a send refuses, gives up, or never lets an application get."""

from fakes import RING_STARTS, node_of
from send_air import WHOLE, has_all, ready, sends_of
from skein.delivery import EXPIRED, WAITING
from skein.errors import SkeinError
from skein.fragment import head_of


def test_what_nobody_answers_expires_at_the_end_of_its_life_and_not_before():
    for start in RING_STARTS:
        air = ready(2, start=start)
        air.kill(1)
        receipt = air.send(0, WHOLE, [1], life_s=20)
        air.skip(19990)
        assert receipt.state == WAITING
        air.run(20)
        assert receipt.state == EXPIRED


def refusal(function, *arguments):
    try:
        function(*arguments)
    except SkeinError as error:
        return str(error)
    raise AssertionError("it was taken")


def test_what_cannot_be_sent_is_told_in_a_sentence():
    air = ready(2, sends=1)
    sends = sends_of(air.nodes[0])
    node = node_of(1)
    for to, priority, life_s, words in (
        ([], 2, 60, "a list names 1 to 8 nodes, this one 0"),
        (list(range(1, 10)), 2, 60, "a list names 1 to 8 nodes, this one 9"),
        (["1"], 2, 60, "'1' is no node's id"),
        ([0], 2, 60, "0 is no node's id"),
        ([node_of(0)], 2, 60, "a node sends nothing to itself"),
        ([node], 0, 60, "the priority of a send goes from HIGH 1 to LOW 3, not 0"),
        ([node], 2, 0, "a send lives 1 to 3600 seconds, not 0"),
        ([node], 2, 3601, "a send lives 1 to 3600 seconds, not 3601"),
        ("x" * 27, 2, 60, "a topic has 1 to 32 bytes"),
    ):
        assert words in refusal(sends.send, (b"\0", b"1"), to, priority, life_s, 0)
    for topic, payload, words in (
        ("", b"", "a payload has 1 to 4096 bytes, this one 0"),
        ("", bytes(4097), "a payload has 1 to 4096 bytes, this one 4097"),
        ("", "text", "a payload is bytes, not str"),
        ("x" * 33, b"1", "a topic has at most 32 bytes"),
    ):
        assert words in refusal(head_of, topic, payload)
    air.send(0, WHOLE, [1])
    assert refusal(air.send, 0, WHOLE, [1]) == "1 sends are under way, and 'sends' allows no more"


def test_a_group_without_members_is_an_error_once_that_is_known():
    air = ready(2, sends=1)
    assert air.send(0, b"who is there", "doors", life_s=5).expected == 0
    air.skip(150000)
    assert "nobody else is known to be in the group 'doors'" in refusal(air.send, 0, b"1", "doors")
    air.join("doors", 1)
    air.run(2000)
    receipt = air.send(0, b"1", "doors")
    assert receipt.expected == 1
    assert air.run(2000, until=lambda: receipt.state)
    assert air.payloads(1) == [b"1"]


def test_who_has_left_a_group_gets_nothing_more():
    air = ready(3)
    air.join("doors", 1, 2)
    air.run(500)
    sends_of(air.nodes[2]).join("doors", False, air.now)
    air.run(500)
    air.send(0, WHOLE, "doors")
    assert air.run(5000, until=has_all(air, (1,)))
    air.run(500)
    assert air.payloads(2) == []
