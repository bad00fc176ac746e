"""How much of the channel is in use, and what has to give way.

What a node hears and sends is counted, whatever the frames say of themselves.  While the channel
is crowded a node passes on only what is CRITICAL.  While much is used and alarms are about, all
else is left to the backbone, which passes on only what several neighbours lack: an alarm crosses
the mesh only where there is room for it.
"""

from micropython import const

from skein.ticks import ticks_add, ticks_diff
from skein.turns import CRITICAL

_STEP_MS = const(4000)
_SMOOTHING = const(4)  # a step weighs 1/4
_CROWDED_PERMILLE = const(600)
_ALARMS_FIRST_PERMILLE = const(150)
_PERMILLE_AN_AIRTIME = const(40)
_ALARM_PERMILLE_A_NEIGHBOUR = const(240)
_BESIDE_ALARMS = const(2)
_ALARM_STEPS = const(30)  # so long after one was heard others are to be expected


class ChannelShare:
    """One link.  link: airtime_us(length).  permille: of the time, how much is in use."""

    def __init__(self, link):
        self._link = link
        self.permille = 0
        self.gave_way = 0
        self._used_ms = 0
        self._step_at = 0
        self._alarm_steps = 0

    def start(self, now: int) -> None:
        self._step_at = ticks_add(now, _STEP_MS)

    def use(self, length: int) -> None:
        """A frame of so many bytes was heard or sent."""
        self._used_ms += self._link.airtime_us(length) // 1000 + 1

    def admits(self, priority: int, is_member: bool) -> bool:
        """False if an event that is not this node's own has to give way.

        is_member: whether it falls to this node to pass it on.
        """
        if priority == CRITICAL:
            self._alarm_steps = _ALARM_STEPS
            return True
        if self.is_crowded() or (self.is_for_alarms() and not is_member):
            self.gave_way += 1
            return False
        return True

    def is_crowded(self) -> bool:
        """True while there is room only for alarms."""
        return self.permille >= _CROWDED_PERMILLE

    def is_for_alarms(self) -> bool:
        """True while alarms are about and there is little room beside them."""
        return self._alarm_steps > 0 and self.permille >= _ALARMS_FIRST_PERMILLE

    def more_airtimes(self) -> int:
        """By how much longer copies are spread: the more the channel is used the fewer meet.

        Not while alarms are about: what is not CRITICAL gives way to them.
        """
        return 0 if self._alarm_steps else self.permille // _PERMILLE_AN_AIRTIME

    def may_repeat(self, priority: int) -> bool:
        """False if there is no room for what this node has sent before."""
        return priority == CRITICAL or not (self.is_for_alarms() or self.is_crowded())

    def least_gain(self, priority: int, is_member: bool) -> int:
        """How many neighbours must lack an event to make it worth a transmission, at least 1.

        is_member: whether it falls to this node to pass it on; else it steps in with an alarm.
        """
        if priority != CRITICAL:
            return _BESIDE_ALARMS if self.is_for_alarms() else 1
        return 1 if is_member else 1 + self.permille // _ALARM_PERMILLE_A_NEIGHBOUR

    def poll(self, now: int) -> None:
        """Reckon what was in use since the last step."""
        behind_ms = ticks_diff(now, self._step_at)
        if behind_ms < 0:
            return
        used = min(1000, 1000 * self._used_ms // (_STEP_MS + behind_ms))
        self.permille += (used - self.permille) // _SMOOTHING
        self._alarm_steps = max(0, self._alarm_steps - 1)
        self._used_ms = 0
        self._step_at = ticks_add(now, _STEP_MS)
