"""A node that makes up messages: sound ones, each from a node that nobody ever met."""

from skein import event as e
from skein import frame as f
from skein.ids import ID_MAX, topic_id
from tools.simulator.attackers import Attacker
from tools.simulator.frame import CRITICAL, Frame
from tools.simulator.skein_ids import id_of

ORIGIN, SENDER, ADDRESS = "origin", "sender", "address"
_GHOSTS = (1000, 100000)  # numbers that no node has
_PAYLOAD = b"\xff" * 40  # begins with no number of a message of the run
_LIFE_S = 300


class Forger(Attacker):
    """Sends events of a topic, with the highest priority, each with an origin of its own.

    forged: SENDER: they also say that somebody new each time transmits them.  ADDRESS: the address
    of the radio says so, too, which takes more than ESP-NOW offers a program.
    """

    def __init__(self, run, node: int, frames_per_s: float, topic: str, forged: str = ORIGIN):
        super().__init__(run, node, frames_per_s)
        self._dice = run.dice.stream(f"forger {node}")
        self._forged = forged
        self._own_id = run.stations[node].node.id
        self._topic = topic_id(topic)

    def next_frame(self) -> Frame:
        frame = bytearray(f.MTU)
        f.put_header(frame, f.EVENT, 0, f.HOPS_MAX)
        f.put_origin(frame, self._dice.randint(1, ID_MAX), 0, self._dice.randrange(0x10000))
        number = self._dice.randrange(*_GHOSTS)
        f.put_id(frame, f.SENDER, self._own_id if self._forged == ORIGIN else id_of(number))
        policy = e.policy(CRITICAL, e.FULL, e.PRODUCT)
        length = e.write(frame, self._topic, policy, _LIFE_S, _PAYLOAD)
        address = number if self._forged == ADDRESS else None
        return Frame(length, None, bytes(frame[:length]), True, address)
