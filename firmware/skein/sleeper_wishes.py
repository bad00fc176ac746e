"""What the sleepers of a keeper want, and what it wants in the mesh on their behalf."""

from array import array

from skein import frame as f
from skein import sleep_frame as s
from skein.ids import NOBODY, PREFIX
from skein.interest_table import HIGH
from skein.wishes import Wishes


class SleeperWishes:
    """For `rows` sleepers, each with as many topics as a call holds.  joined: each topic once."""

    def __init__(self, rows: int):
        self._topics = array("i", bytes(4 * rows * s.TOPICS_MAX))
        self.joined = Wishes(rows * s.TOPICS_MAX)

    def wants(self, row: int, topic: int) -> bool:
        """True if the sleeper in `row` wants the topic, or all with its first word."""
        prefix = topic & PREFIX
        for at in range(row * s.TOPICS_MAX, (row + 1) * s.TOPICS_MAX):
            wanted = self._topics[at]
            if wanted and (wanted == topic or wanted == prefix):  # noqa: SIM109 - takes heap
                return True
        return False

    def note(self, row: int, call) -> bool:
        """Take what a CALL names for all that its sleeper wants; True if that is new."""
        at = s.topics_at(call)
        count = call[at]
        is_other = False
        for number in range(s.TOPICS_MAX):
            topic = f.get_id(call, at + 1 + number * s.TOPIC_LEN) if number < count else NOBODY
            place = row * s.TOPICS_MAX + number
            if self._topics[place] != topic:
                self._topics[place] = topic
                is_other = True
        if is_other:
            self._join()
        return is_other

    def forget(self, row: int) -> None:
        """The sleeper in `row` wants nothing any more."""
        for at in range(row * s.TOPICS_MAX, (row + 1) * s.TOPICS_MAX):
            self._topics[at] = NOBODY
        self._join()

    def _join(self):
        for place in range(len(self._topics)):
            topic = self._topics[place]
            for other in range(place):
                if self._topics[other] == topic:
                    topic = NOBODY
            self.joined.topics[place] = topic
            self.joined.levels[place] = HIGH
