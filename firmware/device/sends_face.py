"""The application's face of sends: what "sends" in config.json adds."""

import asyncio

from micropython import const

from device import clock
from device.node_id import parse
from skein import ids
from skein.errors import ConfigError
from skein.fragment import head_of
from skein.turns import NORMAL

_LOOK_MS = const(20)
_GROUP_MAX = const(26)  # bytes


class Received:
    """What a node sent.  source: its id.  topic: text.  view: of the 1 to 4096 bytes, where they
    lie until the loop asks for the next; payload: a copy, to be kept.
    """

    def __init__(self, source: int, topic: str, view):
        self.source = ids.text(source)
        self.topic = topic
        self.view = view

    @property
    def payload(self) -> bytes:
        return bytes(self.view)

    def __repr__(self):
        return f"<{len(self.view)} bytes {self.topic!r} from {self.source}>"


class ReceivedStream:
    """`async for message in mesh.received()`: each payload for this node, once."""

    def __init__(self, sends):
        self._sends = sends

    def __aiter__(self):
        return self

    async def __anext__(self):
        whole = self._sends.next_whole()
        while not whole:
            await asyncio.sleep_ms(_LOOK_MS)
            whole = self._sends.next_whole()
        return Received(*whole)


class SendsFace:
    """Its verbs become verbs of `mesh`."""

    def __init__(self, sends, runner):
        self._sends = sends
        self._runner = runner

    def send(self, payload, to=None, topic="", priority=NORMAL, life_s=300):
        """Send 1 to 4096 bytes; a receipt, for whose end `await mesh.settled(receipt)` waits.

        to: a list of 1 to 8 ids as text, the name of a group, or None for all boards with "sends"
        in config.json.  topic: at most 32 bytes, for the application there.  priority: HIGH 1 to
        LOW 3.  life_s: 1 to 3600.  Raises SendError for what cannot be sent and ConfigError for
        what is no id, in one sentence.
        """
        if isinstance(to, str):
            _check_group(to)
        elif to is not None:
            to = [parse(each) for each in to]
        text = head_of(topic, payload), bytes(payload)
        receipt = self._sends.send(text, to, priority, life_s, clock.now())
        self._runner.wake()
        return receipt

    def join(self, group: str) -> None:
        """Receive what is sent to a group from now on.  Raises ConfigError."""
        _check_group(group)
        self._sends.join(group, True, clock.now())
        self._runner.wake()

    def leave_group(self, group: str) -> None:
        """Receive it no longer."""
        _check_group(group)
        self._sends.join(group, False, clock.now())
        self._runner.wake()

    def received(self) -> ReceivedStream:
        """The payloads for this node; each is handed out once, so have one loop."""
        return ReceivedStream(self._sends)


def _check_group(name):
    if not isinstance(name, str) or not 0 < len(name.encode()) <= _GROUP_MAX:
        raise ConfigError(f"a group's name has 1 to {_GROUP_MAX} bytes, {name!r} does not")
