"""Shows at a board's LED what its node is, every two seconds.

One short blink: it follows a leader.  Two: it leads.  One long: it knows no leader.  Five short:
something is wrong, and mesh.status() or `skein doctor` tells what.
"""

from micropython import const

_SHORT_MS = const(60)
_LONG_MS = const(800)


def pattern(mesh) -> tuple:
    """(blinks, ms of each) for the present state of a mesh."""
    if mesh.config_mistakes or mesh.app_state.startswith("failed"):
        return 5, _SHORT_MS
    if mesh.leader is None:
        return 1, _LONG_MS
    return (2 if mesh.is_leader else 1), _SHORT_MS
