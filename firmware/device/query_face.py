"""The application's face of queries: what "store_bytes" in config.json adds."""

import asyncio

from micropython import const

from device import clock
from device.node_id import parse
from skein import query as q
from skein.asking import ask
from skein.errors import ConfigError
from skein.ids import NOBODY

_LEAST_MS = const(3000)
_PAUSES = const(25)  # of the courier, at least: on a slow link answers take longer
_LONGEST_S = const(3600)
_LOOK_MS = const(20)
_FILTERS = ("kind", "age_s", "source", "timeout_s")


class Found:
    """The answer to a query: iterable, the newest event first.

    total: how many events match at the nodes that answered and emitted them.  is_truncated: there
    are more than these.  nodes: how many answered, the own one included.
    """

    def __init__(self, events: list, asking):
        self.events = events
        self.total = max(asking.total, len(events))
        self.is_truncated = asking.is_truncated()
        self.nodes = asking.node_count

    def __iter__(self):
        return iter(self.events)

    def __len__(self):
        return len(self.events)

    def __repr__(self):
        text = ""
        for event in self.events:
            text += f"{event.age_s} s ago: {event!r}\n"
        more = ", truncated" if self.is_truncated else ""
        return text + f"{len(self)} of {self.total} from {self.nodes} nodes{more}"


class QueryFace:
    """Asks other nodes for what they keep."""

    def __init__(self, node, runner):
        self._node = node
        self._runner = runner

    async def query(self, prefix="", newest=5, scope=q.CELL, node=None, **filters) -> Found:
        """The newest events whose topic begins with `prefix`, of all nodes in scope.

        newest: 1..20.  scope: NODE 0 (then `node` is an id as text), CELL 1, SUBORDINATES 2 or
        MESH 3.  filters: kind=PRODUCT 0 to COMMAND 3; age_s, how old at most; source, an id as
        text; timeout_s, how long to wait.  Raises ConfigError for what no query can say, and
        EventError while another one is under way.
        """
        for name in filters:
            if name not in _FILTERS:
                raise ConfigError(
                    f"{name!r} is no filter; known are {', '.join(sorted(_FILTERS))}"
                )
        queries = self._node.diffusion.queries
        query = (self._scope(scope, node), _newest(newest), _prefix(prefix), _filters(filters))
        timeout_ms = max(_LEAST_MS, _PAUSES * self._node.courier.pause_ms)
        timeout_ms = _timeout_ms(filters.get("timeout_s"), timeout_ms)
        asking = ask(queries, query, timeout_ms, clock.now())
        self._runner.wake()
        try:
            while not asking.is_over(clock.now()):
                await asyncio.sleep_ms(_LOOK_MS)
        finally:
            queries.asking = None  # who gave up waiting may ask anew
        return Found(asking.results(self._node.diffusion.wishes, clock.now()), asking)

    def _scope(self, scope, node):
        if type(scope) is not int or not q.NODE <= scope <= q.MESH:
            raise ConfigError(
                f"a scope is NODE 0, CELL 1, SUBORDINATES 2 or MESH 3, not {scope!r}"
            )
        if scope == q.NODE:
            return scope, parse(node)
        election = self._node.election
        is_led = scope == q.CELL and election.is_elected
        return scope, election.leader if is_led else self._node.id


def _newest(newest):
    if type(newest) is int and 0 < newest <= q.NEWEST_MAX:
        return newest
    raise ConfigError(f"newest goes from 1 to {q.NEWEST_MAX}, not {newest!r}")


def _prefix(prefix):
    if isinstance(prefix, str) and len(prefix.encode()) <= q.PREFIX_MAX:
        return prefix.encode()
    raise ConfigError(f"a prefix has at most {q.PREFIX_MAX} bytes, {prefix!r} does not")


def _filters(filters):
    kind, age_s, source = (filters.get(name) for name in ("kind", "age_s", "source"))
    if kind not in (None, 0, 1, 2, 3):
        raise ConfigError(f"kind goes from PRODUCT 0 to COMMAND 3, not {kind!r}")
    if age_s is not None and not (type(age_s) is int and 0 <= age_s < q.AGE_ANY):
        raise ConfigError(f"age_s goes from 0 to {q.AGE_ANY - 1}, not {age_s!r}")
    return (
        0 if kind is None else 1 << kind,
        q.AGE_ANY if age_s is None else age_s,
        NOBODY if source is None else parse(source),
    )


def _timeout_ms(seconds, usual_ms):
    if seconds is None:
        return usual_ms
    if isinstance(seconds, (int, float)) and 0 < seconds <= _LONGEST_S:
        return int(seconds * 1000)
    raise ConfigError(f"timeout_s goes up to {_LONGEST_S}, not {seconds!r}")
