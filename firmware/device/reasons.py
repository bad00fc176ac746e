"""Why a node leads or follows, in a sentence: asked for by people only, so loaded for them."""

from skein import frame as f
from skein.ids import NOBODY, text
from skein.role import FOLLOW, LEAD, LEADER, RETIRE
from skein.ticks import ticks_diff


def why(election, now: int) -> str:
    """Role and reason, and the order that this node is under, if any."""
    sentence = _role(election, now)
    if election.will == LEAD:
        return sentence + "; told to lead until mesh.release()"
    if election.will == FOLLOW:
        whom = text(election.wanted) if election.wanted else "whoever leads"
        return f"{sentence}; told to follow {whom} until mesh.release()"
    if election.will == RETIRE:
        return sentence + "; has resigned until mesh.release()"
    return sentence


def _role(election, now):
    claim = f"score {election.leader_score}, term {election.term}"
    if election.flags & f.RESIGNED:
        deputy = text(election.deputy) if election.deputy else "anybody"
        return f"waits for {deputy} to lead, since {text(election.leader)} resigned"
    if election.role == LEADER:
        deputy = text(election.deputy) if election.deputy else "none yet"
        reason = "by order" if election.flags & f.MANUAL else "no better claim is in reach"
        return f"leads with {claim}: {reason}; its deputy is {deputy}"
    if election.leader == NOBODY:
        return f"listens for a leader (term {election.term})"
    if election.leader == election.node:
        return f"stands for election with {claim}"
    if not election.is_elected:
        return f"supports candidate {text(election.leader)} with {claim}"
    return _following(election, claim, ticks_diff(now, election.beat_at))


def _following(election, claim, heard_ms):
    order = ", who leads by order," if election.flags & f.MANUAL else ","
    duty = " and is its deputy" if election.deputy == election.node else ""
    return (
        f"follows {text(election.leader)}{order} {election.leader_hops} hops away, with {claim}"
        f"{duty}; its heartbeat came {heard_ms} ms ago; own score {election.score}"
    )
