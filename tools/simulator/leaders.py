"""What became of leadership in a run, from who followed whom since when."""

NOBODY = None


def leadership_of(follows: list[tuple[int, int, int | None]], nodes: int, end_us: int) -> dict:
    """Sum up the changes (instant, node, leader), in order; leader None: it follows nobody.

    A node that is switched off follows nobody and is left out until it follows again.
    time_to_leader_ms: from the begin until all nodes first agree on one leader; None when never.
    split_ms: time after that in which those that follow somebody did not agree.
    changes: how often a node changed from one leader to another after that, at once or after a
        time with none.
    """
    if not follows:
        return {}
    leaders: dict[int, int] = {}
    last: dict[int, int] = {}
    agreed_us, split_us, split_since_us, changes = None, 0, None, 0
    for at_us, node, leader in follows:
        leaders.pop(node, NOBODY)
        before = last.get(node, leader)
        if leader is not NOBODY:
            leaders[node] = last[node] = leader
        are_split = len(set(leaders.values())) > 1
        if agreed_us is None:
            agreed_us = at_us if len(leaders) == nodes and not are_split else None
            continue
        changes += leader is not NOBODY and before != leader
        if are_split and split_since_us is None:
            split_since_us = at_us
        elif not are_split and split_since_us is not None:
            split_us += at_us - split_since_us
            split_since_us = None
    if split_since_us is not None:
        split_us += end_us - split_since_us
    return {
        "time_to_leader_ms": None if agreed_us is None else agreed_us / 1000,
        "split_ms": split_us / 1000,
        "changes": changes,
    }
