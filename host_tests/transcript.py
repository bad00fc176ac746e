"""What happens to nodes on a FakeAir, written down as a story."""

from fakes import FakeAir, node_of
from skein.ids import NOBODY
from skein.role import CANDIDATE, LEADER
from skein.ticks import ticks_diff

NAMES = "abcdefgh"
_AT_ONCE_MS = 150  # nodes that do the same within this time share a line


class Story:
    """An air whose nodes are called a, b, c, and a line for each thing that they do.

    is_stepped: every millisecond is played, and not only those with something to do.
    Other keyword arguments are those of FakeAir.  A verb of the air (drop, cut, isolate, split,
    line, heal, kill, power_on, reboot) is done and told by `happens`.
    """

    def __init__(self, count: int, is_stepped: bool = False, **settings):
        self._is_stepped = is_stepped
        self.air = FakeAir(count, **settings)
        self._began = self.air.now
        self._told = [None] * count
        self._who: list[str] = []
        self._what = ""
        self._at_ms = 0
        self.lines = [f"{_listed(NAMES[:count])} are switched on"]

    def happens(self, verb: str, *arguments, after_ms: int = 0) -> None:
        self.goes_on(after_ms)
        self._end_line()
        getattr(self.air, verb)(*arguments)
        said = " ".join(_named(argument) for argument in arguments)
        self.lines.append(f"{self._now_ms() / 1000:8.3f}  {verb.upper()} {said}".rstrip())
        for number, node in enumerate(self.air.nodes):
            if not node:
                self._told[number] = None

    def goes_on(self, ms: int) -> None:
        while ms > 0:
            step_ms = min(ms, 1 if self._is_stepped else self.air.idle_ms())
            self.air.step(step_ms)
            ms -= step_ms
            self._look()

    def ends(self) -> str:
        """The whole story."""
        self._end_line()
        leaders = _listed(NAMES[number] for number in self.air.leaders()) or "nobody"
        verb = "lead" if len(self.air.leaders()) > 1 else "leads"
        self.lines.append(f"{self._now_ms() / 1000:8.3f}  {leaders} {verb}")
        return "\n".join(self.lines) + "\n"

    def _look(self):
        for number, node in enumerate(self.air.nodes):
            deed = _deed(node.election) if node else None
            if deed != self._told[number]:
                self._told[number] = deed
                self._tell(NAMES[number], deed)

    def _tell(self, name, deed):
        is_late = self._now_ms() - self._at_ms > _AT_ONCE_MS
        if deed != self._what or is_late:
            self._end_line()
            self._what, self._at_ms = deed, self._now_ms()
        self._who.append(name)

    def _end_line(self):
        if self._who:
            one, several = self._what
            deed = several if len(self._who) > 1 else one
            self.lines.append(f"{self._at_ms / 1000:8.3f}  {_listed(self._who)} {deed}")
        self._who, self._what = [], ""

    def _now_ms(self):
        return ticks_diff(self.air.now, self._began)


def _deed(election):
    """What a node does, in the words for one and for several."""
    if election.role == LEADER:
        return f"leads in term {election.term}", "lead"
    if election.role == CANDIDATE:
        return f"stands in term {election.term}", "stand"
    if election.leader == NOBODY:
        return "listens for a leader", "listen for a leader"
    leader = NAMES[[node_of(n) for n in range(len(NAMES))].index(election.leader)]
    if election.is_elected:
        return f"follows {leader}", f"follow {leader}"
    return f"awaits {leader}'s election", f"await {leader}'s election"


def _named(argument):
    if isinstance(argument, int):
        return NAMES[argument]
    return _listed(NAMES[number] for number in argument)


def _listed(names):
    names = sorted(names)
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
