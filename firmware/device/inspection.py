"""What a running node can tell about itself, as plain values for a REPL or a report."""

import gc

from skein import event as e
from skein import frame as f
from skein.ids import NOBODY, text
from skein.role import ROLE_NAMES
from skein.ticks import ticks_diff


def status(node, link) -> dict:
    """Role, tables and counters of `node` and of its `link`."""
    heap_free = gc.mem_free()  # before these values take of it
    seal = getattr(link, "seal", None)
    election, diffusion = node.election, node.diffusion
    return {
        "id": text(node.id),
        "role": ROLE_NAMES[election.role],
        "leader": text(election.leader) if election.is_elected else None,
        "leader_hops": election.leader_hops,
        "term": election.term,
        "score": election.score,
        "boot": node.epoch,
        "neighbours": node.neighbours.count,
        "neighbours_lost": node.neighbours.lost,
        "diffusion": _mode(node),
        "relay_loss_pct": diffusion.relay.loss * 100 // 256,
        "queued": len(diffusion.queue),
        "unread": len(diffusion.inbox),
        "emitted": diffusion.emitted,
        "delivered": diffusion.delivered,
        "duplicates": diffusion.duplicates,
        "refused": sum(diffusion.queue.refused),
        "displaced": sum(diffusion.queue.displaced),
        "expired": sum(diffusion.queue.expired) + sum(diffusion.inbox.expired),
        "unread_lost": sum(diffusion.inbox.refused) + sum(diffusion.inbox.displaced),
        "superseded": diffusion.queue.superseded,
        "unwanted": diffusion.unwanted,
        "mean_wait_ms": list(diffusion.queue.mean_wait_ms),  # by priority, CRITICAL first
        "longest_wait_ms": list(diffusion.queue.longest_wait_ms),
        "frames_in": node.frames_in,
        "frames_out": node.frames_out,
        "rejected": _rejected(node),
        "forged": seal.forged if seal else None,
        "impostors": getattr(link, "impostors", 0),
        "airtime_ms": link.airtime_ms,
        "radio_refused": link.refused,
        "radio_restarts": link.restarts,
        "heap_free": heap_free,
        "heap_total": gc.mem_free() + gc.mem_alloc(),
    }


def _mode(node):
    """How events spread."""
    if not (node.slow or getattr(node, "repair", None)):
        return "push"
    return "hybrid" if node.diffusion.hop_limit else "pull"


def peers(node, now: int) -> list:
    """A dict for each neighbour."""
    table = node.neighbours
    return [
        {
            "id": text(table.ids[row]),
            "rssi_dbm": table.rssi_dbm[row],
            "heard_ms_ago": ticks_diff(now, table.heard_at[row]),
            "score": table.scores[row],
            "leader": text(table.leaders[row]) if table.leaders[row] else None,
        }
        for row in range(len(table.ids))
        if table.ids[row] != NOBODY
    ]


def interests(node) -> list:
    """(topic, node, level) of this node's own wishes and then of everybody else's."""
    wishes, table = node.diffusion.wishes, node.diffusion.interests
    own = [
        (wishes.name_of(wishes.topics[row]), text(node.id), wishes.levels[row])
        for row in range(len(wishes.topics))
        if wishes.topics[row] != NOBODY
    ]
    others = [
        (wishes.name_of(table.topics[row]), text(table.nodes[row]), table.levels[row])
        for row in range(len(table.nodes))
        if table.nodes[row] != NOBODY
    ]
    return own + others


def queue(node, now: int) -> list:
    """A dict for each message that waits to be sent."""
    waiting = node.diffusion.queue
    return [
        {
            "topic": _topic(node, waiting.slots[slot]),
            "priority": e.PRIORITY_NAMES[waiting.priorities[slot]],
            "bytes": waiting.lengths[slot],
            "due_in_ms": ticks_diff(waiting.due_at[slot], now),
        }
        for slot in range(waiting.capacity)
        if waiting.is_held(slot)
    ]


def _topic(node, frame):
    if f.kind_of(frame) == f.INTEREST:
        return "(interests)"
    return node.diffusion.wishes.name_of(f.get_id(frame, f.TOPIC))


def _rejected(node):
    """Frames that were not read, by reason, and those that used this node's own id."""
    counts = {
        f.REASONS[at]: node.rejected[at] for at in range(len(f.REASONS)) if node.rejected[at]
    }
    if node.echoes:
        counts["own id"] = node.echoes
    return counts
