"""The frame in which a node lists whom it hears: where its fields lie, and whether it is whole."""

from micropython import const

# body of a HEARING: whom its sender hears, in entries of 16 bits
PLACE = const(14)  # flags, and in the 4 high bits how many calls follow the entries
PASSES_ON = const(0x01)  # flag: the sender belongs to the backbone
CALLS = const(0x02)  # flag: the first call is its own
REPORTS = const(0x04)  # flag: this is none, but reports for the leader; see link_reports
PLAN = const(0x08)  # flag: this is none, but the backbone as the leader plans it
HEARD_COUNT = const(15)
TOLD = const(16)  # the number of the plan that the sender has, 0 for none, and its STAMINA
HEARD = const(17)
HEARD_MAX = const(110)
USUAL_LEN = const(41)  # its airtime is the measure of what happens in minutes and hours
NUMBER = const(0x3F)  # of TOLD: the low bits, 1..63
STAMINA_AT = const(6)  # and the two high ones: 0 hardly any power left, 3 mains
CALLS_MAX = const(4)  # a call: 16 bits, the short id of the one that is called
SHORT = const(0x3FFF)  # of an entry: the low bits of the neighbour's id
ON_BACKBONE = const(0x4000)  # it passes messages on
BOTH_WAYS = const(0x8000)  # it hears the sender, too


def is_joined(entry: int) -> bool:
    """True if an entry is of a node on the backbone that is connected both ways."""
    return entry & ON_BACKBONE != 0 and entry & BOTH_WAYS != 0


def is_whole(frame) -> bool:
    """True if the body of a HEARING, which passed frame.check, may be read."""
    if len(frame) < HEARD or frame[HEARD_COUNT] > HEARD_MAX or frame[PLACE] & (REPORTS | PLAN):
        return False
    calls = frame[PLACE] >> 4
    if calls > CALLS_MAX or (frame[PLACE] & CALLS and not calls):
        return False
    return len(frame) == HEARD + 2 * (frame[HEARD_COUNT] + calls)


def is_plan(frame) -> bool:
    """True if a HEARING is a plan, and whole: HEARD_COUNT short ids of those who pass on."""
    if len(frame) < HEARD or not frame[PLACE] & PLAN or not frame[TOLD] & NUMBER:
        return False
    return frame[HEARD_COUNT] <= HEARD_MAX and len(frame) == HEARD + 2 * frame[HEARD_COUNT]


def is_newer(number: int, other: int) -> bool:
    """True if a plan came after another one; 0 is older than all."""
    return number != 0 and (not other or 0 < (number - other) & NUMBER <= NUMBER // 2)


def short_of(node: int) -> int:
    """The id as an entry of a HEARING holds it."""
    return node & SHORT
