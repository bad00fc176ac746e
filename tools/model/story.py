"""What happened to a trio, in lines that a person can read."""

from tools.model.casting import Casting
from tools.model.trio import TOPOLOGY_NAMES, Trio

Act = tuple
STEP: Act = ("step", ())


def tell(casting: Casting, acts: list[Act]) -> list[str]:
    """Do all that to a new trio; a line for each mishap and for each change that it brought."""
    trio = Trio(casting)
    lines: list[str] = []
    before = trio.story()
    passed_ms = 0
    for act in acts:
        waited_ms, mishap = _do(trio, act)
        passed_ms += waited_ms
        after = trio.story()
        if mishap or after != before:
            lines.append(f"{passed_ms / 1000:7.2f} s  {mishap}{after}")
        before = after
    return lines


def _do(trio: Trio, act: Act) -> tuple[int, str]:
    """One act; returns how long it took and the mishap in words."""
    kind, *how = act
    wait_ms = 0
    mishap = ""
    if kind == "reboot":
        trio.reboot(*how)
        mishap = f"{how[0]} reboots{'' if how[1] else ' and has forgotten its term'}: "
    elif kind == "links":
        trio.topology = how[0]
        mishap = f"links are now {TOPOLOGY_NAMES[how[0]]}: "
    else:
        wait_ms = trio.wait_ms()
        said = trio.speak(wait_ms)
        for place, (_, other, frame) in enumerate(said):
            if place not in how[0]:
                trio.hear(other, frame, wait_ms)
        mishap = "".join(f"{said[at][1]} misses {said[at][0]}: " for at in how[0])
    trio.put_back(trio.moment(wait_ms))
    return wait_ms, mishap
