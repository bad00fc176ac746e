"""What the application on this node wants, and the names of the topics it knows."""

from array import array

from micropython import const

from skein import frame as f
from skein.errors import ConfigError
from skein.event import TOPIC_MAX
from skein.ids import NOBODY, PREFIX, topic_id
from skein.interest_table import CRITICAL, NONE
from skein.ticks import ticks_add

_ENOUGH = const(3)  # nodes that want a topic, so that one of them may go


class Wishes:
    """At most `capacity` topics or prefixes, each with a level of interest NONE..CRITICAL.

    Of twice as many the name is kept; one more makes it forget the name of one not wanted.
    """

    def __init__(self, capacity: int):
        self.topics = array("i", bytes(4 * capacity))
        self.levels = bytearray(capacity)
        self._names: dict[int, str] = {}
        self.enough = _ENOUGH

    def want(self, name: str, level: int) -> None:
        """Ask for a topic, or for all that begin with a word and a dot; with NONE no longer.

        Raises ConfigError for a bad name or level, for two names with one id, and when all
        `capacity` places are taken.
        """
        if type(level) is not int or not NONE <= level <= CRITICAL:
            raise ConfigError(f"the level of interest goes from 0 to 4, not {level!r}")
        topic = self.learn(name, True)
        row = self._find(topic)
        if row < 0 and level != NONE:
            row = self._find(NOBODY)
            if row < 0:
                raise ConfigError(f"at most {len(self.levels)} topics can be wanted at once")
        if row >= 0:
            self.topics[row] = topic if level else NOBODY
            self.levels[row] = level

    def level_of(self, topic: int) -> int:
        """How much this node wants the topic; NONE if it does not.

        Of a wish for a topic and one for all with its first word the more urgent counts.
        """
        level = NONE
        prefix = topic & PREFIX
        for row in range(len(self.levels)):
            wanted = self.topics[row]
            if wanted and (wanted == topic or wanted == prefix):  # noqa: SIM109 - takes heap
                level = max(level, self.levels[row])
        return level

    def learn(self, name: str, may_be_prefix: bool = False) -> int:
        """The id of a topic whose name the application used.  Raises ConfigError."""
        if not isinstance(name, str) or not 0 < len(name.encode()) <= TOPIC_MAX:
            raise ConfigError(f"a topic has 1 to {TOPIC_MAX} bytes, {name!r} does not")
        if name[-1] == "." and (name.find(".") + 1 < len(name) or not may_be_prefix):
            raise ConfigError(f"only a wish ends with a dot, and has no other one; {name!r} does")
        topic = topic_id(name)
        if topic not in self._names:
            self._make_room()
            self._names[topic] = name
        elif self._names[topic] != name:
            raise ConfigError(f"{name!r} and {self._names[topic]!r} share an id: rename one")
        return topic

    def name_of(self, topic: int) -> str:
        """The name of a topic, or its id in hexadecimal if nobody here ever said the name.

        Where only its first word is known that stands before the rest, "telemetry.#1a2b3".
        """
        name = self._names.get(topic)
        if name is None and topic & PREFIX in self._names:
            name = f"{self._names[topic & PREFIX]}#{topic & ~PREFIX:05x}"
        return name or f"{topic:08x}"

    def write_rows(self, frame) -> int:
        """Fill the body of an INTEREST; returns the frame's length."""
        count = 0
        for row in range(len(self.levels)):
            if self.topics[row]:
                at = f.ROWS + count * f.ROW_LEN
                f.put_id(frame, at, self.topics[row])
                frame[at + 4] = self.levels[row]
                count += 1
        frame[f.ROW_COUNT] = count
        return f.ROWS + count * f.ROW_LEN

    def _make_room(self):
        if len(self._names) >= 2 * len(self.levels):
            for topic in self._names:
                if self.level_of(topic) == NONE:
                    del self._names[topic]
                    return

    def are_shared(self, interests, node: int, now: int) -> bool:
        """True while enough others want all that `node` does: an event goes to all or to none.

        Their rows must outlast this node's next chance to declare.
        """
        until = ticks_add(now, interests.lifetime_ms // 3)
        for topic in self.topics:
            if topic and interests.count(topic, node, until) < self.enough:
                return False
        return True

    def _find(self, topic):
        for row in range(len(self.topics)):
            if self.topics[row] == topic:
                return row
        return -1
