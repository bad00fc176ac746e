"""Who can be reached at all, and by how few transmissions: bounds that no protocol can beat.

Sets of nodes are the bits of one integer. `hears[a]` is the set of nodes that decode node a.
"""


def reachable_from(hears: list[int], source: int, relays: int = -1) -> int:
    """All nodes but `source` that its message can reach when only `relays` pass it on."""
    reached = 1 << source
    edge = reached
    while edge:
        sender = edge.bit_length() - 1
        edge ^= 1 << sender
        if sender == source or relays >> sender & 1:
            new = hears[sender] & ~reached
            reached |= new
            edge |= new
    return reached & ~(1 << source)


def hops_from(hears: list[int], source: int) -> list[int]:
    """By node: the fewest transmissions from `source` to it; 0 also where there is no way."""
    hops = [0] * len(hears)
    reached = edge = 1 << source
    distance = 0
    while edge:
        distance += 1
        new = 0
        for sender in members(edge):
            new |= hears[sender]
        edge = new & ~reached
        reached |= edge
        for node in members(edge):
            hops[node] = distance
    return hops


def two_way(hears: list[int]) -> list[int]:
    """Only the links that carry both ways."""
    return [
        sum(1 << b for b in members(heard) if hears[b] >> a & 1) for a, heard in enumerate(hears)
    ]


def is_connected(hears: list[int]) -> bool:
    """True when every node reaches every other over links that carry both ways."""
    return not hears or reachable_from(two_way(hears), 0).bit_count() == len(hears) - 1


def members(nodes: int) -> list[int]:
    """The node numbers in a set, ascending."""
    found = []
    while nodes:
        lowest = nodes & -nodes
        found.append(lowest.bit_length() - 1)
        nodes ^= lowest
    return found


def relays_for(hears: list[int], source: int) -> list[int]:
    """A small set of relays, in sending order, with which `source` reaches all it can.

    Greedy: the next relay is the reached node that covers most; then relays that turn out to be
    needless are dropped. The source itself is not in the list.
    """
    wanted = reachable_from(hears, source)
    chosen = []
    reached = hears[source] | 1 << source
    while wanted & ~reached:
        sent = {source, *chosen}
        candidates = [node for node in members(reached) if node not in sent]
        best = max(candidates, key=lambda node: ((hears[node] & ~reached).bit_count(), -node))
        chosen.append(best)
        reached |= hears[best]
    return _pruned(hears, source, chosen, wanted)


def _pruned(hears, source, chosen, wanted):
    """Drop relays one by one, the least useful first, as long as all `wanted` stay reached."""
    for relay in sorted(chosen, key=lambda node: (hears[node].bit_count(), node)):
        fewer = [other for other in chosen if other != relay]
        relays = sum(1 << other for other in fewer)
        if reachable_from(hears, source, relays) == wanted:
            chosen = fewer
    return _sending_order(hears, source, chosen)


def _sending_order(hears, source, chosen):
    """Each relay after one that reaches it."""
    ordered, waiting = [], list(chosen)
    reached = hears[source]
    while waiting:
        relay = next(node for node in waiting if reached >> node & 1)
        waiting.remove(relay)
        ordered.append(relay)
        reached |= hears[relay]
    return ordered
