"""Names made small: 30-bit numbers for nodes and topics.

A frame carries 32 bits for each, of which the two highest are 0, so that an id is a small int
on a 32-bit board: it costs no heap and can be kept in an array.  With 100 nodes the chance
that any two share an id is 1 in 200,000; boards whose addresses differ only in the last byte
never do.
"""

from micropython import const

NOBODY = const(0)  # the id of no node, and of no topic
ID_MAX = const(0x3FFFFFFF)
PREFIX = const(0x3FF00000)  # the bits of a topic's id that all topics with its first word share
_FIRST_BITS = const(0x3FF)
_FIRST_AT = const(20)

# Two polynomial hashes modulo primes just below 2**15: no product leaves the small ints.
_PRIME_A = const(32749)
_PRIME_B = const(32719)
_FACTOR_A = const(8191)
_FACTOR_B = const(12289)


def hash30(data: bytes, begin: int = 0, end: int = -1) -> int:
    """A number in 1..ID_MAX for any bytes; the same on every board and for ever.

    begin, end: where the bytes lie in `data`, all of it if not said; a slice would take heap.
    """
    a = 1
    b = 1
    for at in range(begin, len(data) if end < 0 else end):
        a = (a * _FACTOR_A + data[at]) % _PRIME_A
        b = (b * _FACTOR_B + data[at]) % _PRIME_B
    return a << 15 | b or 1


def node_id(address: bytes) -> int:
    """The id of the board with this hardware address (6 bytes, the base MAC)."""
    return hash30(address)


def topic_id(name: str) -> int:
    """The id of a topic, such as "telemetry.temperature".

    Ten bits for the first word with its dot, 0 without one, and twenty for the whole name; these
    are 0 for a prefix, such as "telemetry.", which stands for all topics that begin with it.
    Of fifty topics with one first word two share an id once in 850 times; a board that knows both
    names says so.
    """
    data = name.encode()
    words = data.find(b".") + 1
    first = (hash30(data, 0, words) & _FIRST_BITS or 1) << _FIRST_AT if words else 0
    return first if words == len(data) else first | (hash30(data) & ~PREFIX or 1)


def text(number: int) -> str:
    """An id as people see it: eight hexadecimal digits."""
    return f"{number:08x}"
