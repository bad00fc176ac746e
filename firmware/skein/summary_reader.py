"""A summary as the application meets it."""

from skein import event as e
from skein import frame as f
from skein import summary as s


def read(event, strategies: list) -> dict:
    """What an event of propagation SUMMARY tells; empty for any other event.

    count; sources, is_exact and sources_at_least, of which the last holds in any case;
    started_s_ago and ended_s_ago, of the first and the last event, to a second; priority of the
    most urgent one; is_saturated, when a figure was too large; and what the strategy keeps.
    """
    row = event.payload
    if event.propagation != e.SUMMARY or not s.is_row(row, 0, len(row)):
        return {}
    sources, is_exact, at_least = s.sources_of(row, 0)
    count, told_s_ago = s.count_of(row, 0), s.LIFE_S - event.life_s
    told = {
        "count": count,
        "sources": sources,
        "is_exact": is_exact,
        "sources_at_least": at_least,
        "started_s_ago": f.get_u16(row, s.STARTED_CS) / 100 + told_s_ago,
        "ended_s_ago": f.get_u16(row, s.ENDED_CS) / 100 + told_s_ago,
        "priority": s.priority_of(row, 0),
        "is_saturated": bool(row[s.FLAGS] & s.SATURATED),
    }
    strategy = strategies[s.strategy_of(row, 0)]
    if strategy is not None and s.has_state(row, 0, strategy.length):
        told.update(strategy.read(row, s.STATE, count))
    return told
