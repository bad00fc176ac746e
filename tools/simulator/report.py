"""What came of a run, as the numbers that are compared: a dictionary ready for JSON.

Pairs are (message, node that wants it); the source is not counted. `reach_pct` is of all pairs;
`reachable_pairs` are those that perfect relaying over the directed links could serve. `tx_total`,
`airtime_ms_total` and what is derived from them count data, relays, retries, repair and
acknowledgements; beacons, digests and elections are in `overhead_airtime_pct` (of all airtime).
Shares of nothing are None.
"""

from tools.simulator.frame import PRIORITY_NAMES
from tools.simulator.reachability import members, reachable_from


def report_of(run, wall_s: float) -> dict:
    """The report of a finished run. `wall_s`: real time taken, the only key that varies."""
    pairs = _Pairs(run)
    ledger = run.ledger
    messages = run.traffic.messages
    summary = pairs.summary(messages)
    delays_ms = summary.pop("delay_ms")
    all_airtime_us = ledger.airtime_us + ledger.overhead_airtime_us
    airtime_ms = ledger.airtime_us / 1000
    busy_us = [run.air.busy_us(node) for node in range(run.topology.nodes)]
    return {
        **summary,
        "tx_total": ledger.transmissions,
        "tx_per_message": _ratio(ledger.transmissions, len(messages)),
        "airtime_ms_total": round(airtime_ms, 3),
        "airtime_ms_per_message": _ratio(airtime_ms, len(messages)),
        "airtime_ms_per_delivery": _ratio(airtime_ms, summary["delivered_pairs"]),
        "overhead_airtime_pct": _percent(ledger.overhead_airtime_us, all_airtime_us),
        "delay_ms": delays_ms,
        "collision_pct": _percent(ledger.lost["collision"], ledger.receptions),
        "channel_util_pct": _percent(sum(busy_us), len(busy_us) * run.traffic.duration_us),
        "by_priority": pairs.by(lambda message: PRIORITY_NAMES[message.priority]),
        "by_topic": pairs.by(lambda message: message.topic),
        "leaders": run.leaders(),
        "members": run.member_watch.report(),
        "cells": run.cell_watch.report(),
        "memory_bytes_per_node": run.memory_bytes_per_node(),
        "wall_s": round(wall_s, 3),
    }


class _Pairs:
    """Wanted, reachable and delivered pairs of a run, for any part of its messages."""

    def __init__(self, run):
        self._messages = run.traffic.messages
        self._delivered_at_us = run.ledger.delivered_at_us
        self._wanted = run.wanted_by
        hears = run.topology.decodable(run.phy.sensitivity_dbm)
        sources = {message.source for message in self._messages}
        self._reachable = {source: reachable_from(hears, source) for source in sources}

    def by(self, key) -> dict:
        """A summary for each group of messages."""
        groups: dict[str, list] = {}
        for message in self._messages:
            groups.setdefault(key(message), []).append(message)
        return {name: self.summary(groups[name]) for name in sorted(groups)}

    def summary(self, messages) -> dict:
        wanted = reachable = 0
        delays_us = []
        for message in messages:
            nodes = self._wanted(message)
            wanted += nodes.bit_count()
            reachable += (nodes & self._reachable[message.source]).bit_count()
            known = self._delivered_at_us.get(message.number, {})
            delays_us += [
                known[node] - message.born_us for node in members(nodes) if node in known
            ]
        return {
            "messages": len(messages),
            "reachable_pairs": reachable,
            "delivered_pairs": len(delays_us),
            "reach_pct": _percent(len(delays_us), wanted),
            "reach_of_reachable_pct": _percent(len(delays_us), reachable),
            "delay_ms": _spread_ms(sorted(delays_us)),
        }


def _spread_ms(ordered_us) -> dict:
    """Nearest-rank percentiles."""
    if not ordered_us:
        return {"p50": None, "p95": None, "max": None}
    last = len(ordered_us) - 1
    at = {"p50": last * 50 // 100, "p95": last * 95 // 100, "max": last}
    return {name: round(ordered_us[rank] / 1000, 3) for name, rank in at.items()}


def _ratio(part, whole):
    return round(part / whole, 3) if whole else None


def _percent(part, whole):
    return round(100 * part / whole, 3) if whole else None
