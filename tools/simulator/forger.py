"""A node that makes up messages: sound ones, each from a node that nobody ever met."""

from skein import event as e
from skein import frame as f
from skein.ids import ID_MAX, topic_id
from tools.simulator.attackers import Attacker
from tools.simulator.frame import CRITICAL, Frame

_PAYLOAD = b"\xff" * 40  # begins with no number of a message of the run
_LIFE_S = 300


class Forger(Attacker):
    """Sends events of a topic, with the highest priority, each with an origin of its own.

    is_sender_forged: they also seem to be transmitted by somebody new each time.
    """

    def __init__(self, run, node: int, frames_per_s: float, topic: str, is_sender_forged: bool):
        super().__init__(run, node, frames_per_s)
        self._dice = run.dice.stream(f"forger {node}")
        self._sender = None if is_sender_forged else run.stations[node].node.id
        self._topic = topic_id(topic)

    def next_frame(self) -> Frame:
        frame = bytearray(f.MTU)
        f.put_header(frame, f.EVENT, 0, f.HOPS_MAX)
        f.put_origin(frame, self._dice.randint(1, ID_MAX), 0, self._dice.randrange(0x10000))
        if self._sender is not None:
            f.put_id(frame, f.SENDER, self._sender)
        policy = e.policy(CRITICAL, e.FULL, e.PRODUCT)
        length = e.write(frame, self._topic, policy, _LIFE_S, _PAYLOAD)
        return Frame(length, None, bytes(frame[:length]), is_garbage=True)
