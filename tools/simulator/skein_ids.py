"""The ids of simulated nodes, which on a board come from the address of its radio."""

from skein import frame as f
from tools.simulator.frame import Frame

_STEP = 7919  # scatters them, so that no rule can lean on their distance


def id_of(number: int) -> int:
    """Ids are in the order of numbers."""
    return (number + 1) * _STEP


def number_of(node_id: int) -> int:
    return node_id // _STEP - 1


def is_of_sender(frame: Frame) -> bool:
    """What an ESP-NOW link asks: is the sender that the frame names the one whose radio it is?"""
    content = frame.content
    if frame.address is None or len(content) < f.HEADER_LEN:
        return True
    return f.get_id(content, f.SENDER) == id_of(frame.address)
