"""What a bridge wants on either side for the other one."""

from array import array

from micropython import const

from skein.ids import NOBODY, topic_id
from skein.interest_table import CRITICAL, NONE
from skein.wishes import Wishes

NAME = topic_id("skein.bridge")  # bridges want this topic on their island, and nobody else does

_MOST_TOPICS = const(40)  # f.ROWS_MAX
_MOST_BRIDGES = const(8)  # of one island, that are told from its nodes


class BridgeWishes:
    """near, far: the Diffusions of both nodes.

    beyond: what the near mesh is told, the bridges' own topic first.
    unlisted: wishes for which there was no row.
    """

    def __init__(self, near, far):
        self._near = near
        self._far = far
        self.beyond = Wishes(_MOST_TOPICS)
        self._bridges = array("i", bytes(4 * _MOST_BRIDGES))
        self.unlisted = 0
        self.clear()

    def clear(self) -> None:
        """Want nothing but to hear of other bridges."""
        for wishes in (self.beyond, self._far.wishes):
            for row in range(len(wishes.topics)):
                wishes.topics[row] = NOBODY
        self.beyond.topics[0] = NAME
        self.beyond.levels[0] = CRITICAL

    def review_island(self) -> bool:
        """Let the far node want what the island does; True if that is not what it was."""
        self._note_bridges()
        wishes = self._far.wishes
        own = self._near.wishes
        is_other = self._drop(wishes, 0, self._near.interests, own)
        is_other |= self._add_all(wishes, self._near.interests)
        for row in range(len(own.topics)):
            if own.topics[row]:
                is_other |= self._add(wishes, own.topics[row], own.levels[row])
        return is_other

    def review_beyond(self, now: int) -> bool:
        """Want on the island what is wanted beyond; True if that is not what it was.

        Another bridge of this island may have declared there before; it wants nothing now.
        """
        self._note_bridges()
        interests = self._far.interests
        for bridge in self._bridges:
            if bridge:
                interests.forget_all_but_renewed(bridge, now)
        is_other = self._drop(self.beyond, 1, interests, None)
        return self._add_all(self.beyond, interests) or is_other

    def _note_bridges(self):
        interests = self._near.interests
        count = 0
        for row in range(len(interests.nodes)):
            if interests.topics[row] == NAME and interests.nodes[row] and count < _MOST_BRIDGES:
                self._bridges[count] = interests.nodes[row]
                count += 1
        for at in range(count, _MOST_BRIDGES):
            self._bridges[at] = NOBODY

    def _is_of_node(self, node):
        """True for a row that a node declared and not a bridge."""
        if node == NOBODY:
            return False
        for bridge in self._bridges:  # noqa: SIM110 - a generator takes heap
            if bridge == node:
                return False
        return True

    def _drop(self, wishes, first, interests, own):
        """Want no more what nobody wants now; True if that was anything."""
        has_shrunk = False
        for row in range(first, len(wishes.topics)):
            topic = wishes.topics[row]
            if topic:
                level = own.level_of(topic) if own else NONE
                for other in range(len(interests.nodes)):
                    if interests.topics[other] == topic and self._is_of_node(
                        interests.nodes[other]
                    ):
                        level = max(level, interests.levels[other])
                wishes.levels[row] = level
                if level == NONE:
                    wishes.topics[row] = NOBODY
                    has_shrunk = True
        return has_shrunk

    def _add_all(self, wishes, interests):
        has_grown = False
        for row in range(len(interests.nodes)):
            if self._is_of_node(interests.nodes[row]):
                has_grown |= self._add(wishes, interests.topics[row], interests.levels[row])
        return has_grown

    def _add(self, wishes, topic, level):
        free = -1
        for row in range(len(wishes.topics)):
            if wishes.topics[row] == topic:
                return False
            if wishes.topics[row] == NOBODY:
                free = row
        if free < 0:
            self.unlisted += 1
            return False
        wishes.topics[free] = topic
        wishes.levels[free] = level
        return True
