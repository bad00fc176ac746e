"""Leading, following and resigning by order of a person or an application.

An order holds until `release`, for as long as the node runs.  Two nodes that are both ordered to
lead settle it by (term, score, id); the other follows, and leads when the winner does no more.
"""

from skein import frame as f
from skein.ids import NOBODY
from skein.role import FOLLOW, FREE, LEAD, LEADER, RETIRE


def lead(election, now: int) -> None:
    """Lead from now on, whatever others score."""
    election.will = LEAD
    election.wanted = NOBODY
    election.succeed(now)


def follow(election, leader: int, now: int) -> None:
    """Lead no more, and follow `leader` whenever it leads; NOBODY: whoever leads."""
    _step_down(election, FOLLOW, now)
    election.wanted = leader


def resign(election, now: int) -> None:
    """Leave the lead to others, unless there are none."""
    _step_down(election, RETIRE, now)


def release(election, now: int) -> None:
    """Take part like every other node again."""
    election.will = FREE
    election.wanted = NOBODY
    election.flags &= ~f.MANUAL


def _step_down(election, will, now):
    deputy = election.deputy
    was_leader = election.role == LEADER
    election.will = will
    election.wanted = NOBODY
    if election.leader == election.node:
        election.become_follower(election.node if was_leader else NOBODY, 0, False, now)
    if was_leader:
        election.flags = f.RESIGNED
        election.deputy = deputy
        election.beat = (election.beat + 1) & 0xFFFF
