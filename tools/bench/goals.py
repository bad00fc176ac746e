"""The goals of the project for each load, and whether the figures meet them."""

from collections.abc import Callable
from dataclasses import dataclass

from tools.bench.table import figure

Figures = dict[str, float | None]
Rows = dict[str, Figures]  # by protocol

SKEIN, ORACLE = "skein", "oracle"
_NEAR_POINTS = 15.0


@dataclass(frozen=True)
class Goal:
    """measure: the figure from a load's rows.  limit: what it must reach, from the rows, too."""

    what: str
    measure: Callable[[Rows], float | None]
    limit: Callable[[Rows], float | None]
    is_at_least: bool
    digits: int = 1

    def verdict(self, rows: Rows) -> str:
        """One sentence: the goal, the figure, met or missed."""
        found, limit = self.measure(rows), self.limit(rows)
        sign = "≥" if self.is_at_least else "≤"
        asked = f"{self.what} {sign} {figure(limit, self.digits)}"
        if found is None or limit is None:
            return f"{asked}: not measured"
        is_met = found >= limit if self.is_at_least else found <= limit
        return f"{asked}: {figure(found, self.digits)}, {'met' if is_met else '**missed**'}"


def best_peer(rows: Rows) -> str | None:
    """The peer with the least airtime a delivery of those that reach nearly as many as any does.

    Nearly: within 15 points of the peer that reaches most, which leaves out whoever is cheap
    because it gives up.
    """
    peers = {
        name: row
        for name, row in rows.items()
        if name not in (SKEIN, ORACLE) and row["airtime_ms_per_delivery"] is not None
    }
    if not peers:
        return None
    most = max(row["reach_pct"] for row in peers.values())
    near = {name: row for name, row in peers.items() if row["reach_pct"] >= most - _NEAR_POINTS}
    return min(near, key=lambda name: near[name]["airtime_ms_per_delivery"])


def ratio(rows: Rows, name: str, other: str | None) -> float | None:
    """Airtime a delivery of one protocol by that of another."""
    if other is None or other not in rows or name not in rows:
        return None
    one, two = (rows[each]["airtime_ms_per_delivery"] for each in (name, other))
    return one / two if one and two else None


def _own(key: str):
    return lambda rows: rows[SKEIN][key] if SKEIN in rows else None


def _fixed(number: float):
    return lambda _rows: number


def _most_of_peers(rows: Rows) -> float | None:
    reaches = [row["reach_pct"] for name, row in rows.items() if name not in (SKEIN, ORACLE)]
    return max(reaches, default=None)


def _ratio_to_best_peer(rows: Rows) -> float | None:
    share = ratio(rows, SKEIN, best_peer(rows))
    return None if share is None else 100 * share


def _reach(percent: float) -> Goal:
    key = "reach_of_reachable_pct"
    return Goal("reach of the reachable, %,", _own(key), _fixed(percent), True, 2)


def _tx(count: float) -> Goal:
    return Goal("transmissions a message", _own("tx_per_message"), _fixed(count), False)


def _airtime(ms: float) -> Goal:
    key = "airtime_ms_per_delivery"
    return Goal("airtime a delivery, ms,", _own(key), _fixed(ms), False, 0)


def _p95(seconds: float) -> Goal:
    return Goal("p95 of the delay, s,", _own("p95_s"), _fixed(seconds), False, 2)


_CHANNEL = Goal("overhead, % of the channel,", _own("overhead_channel_pct"), _fixed(5.0), False, 1)
_OF_AIRTIME = Goal(
    "overhead, % of all airtime,", _own("overhead_airtime_pct"), _fixed(5.0), False, 1
)


_WANTED = Goal("airtime a delivery, % of the best peer's,", _ratio_to_best_peer, _fixed(40), False)


def _overload(airtime_ms: float) -> tuple[Goal, ...]:
    return (
        Goal(
            "reach of all pairs, as the best peer's, %,", _own("reach_pct"), _most_of_peers, True
        ),
        _airtime(airtime_ms),
        Goal("CRITICAL: reach of the reachable, %,", _own("critical_reach_pct"), _fixed(95), True),
        Goal("CRITICAL: p95 of the delay, s,", _own("critical_p95_s"), _fixed(15), False),
        _CHANNEL,
    )


GOALS: dict[str, tuple[Goal, ...]] = {
    "iso-10": (_reach(98), _tx(5.0), _airtime(400), _CHANNEL),
    "iso-30": (_reach(99), _tx(11), _airtime(270), _CHANNEL),
    "iso-100": (_reach(99), _tx(27), _airtime(200), _CHANNEL),
    "p600-100": (_reach(98), _airtime(220), _p95(20), _OF_AIRTIME, _CHANNEL),
    "p60-30": _overload(190),
    "p60-100": _overload(150),
    "iso-100-wanted": (_reach(99), _WANTED, _CHANNEL),
    "espnow": (_reach(100), _p95(0.25), _CHANNEL),
    "espnow-wanted": (_reach(100), _WANTED, _p95(0.25), _CHANNEL),
}
