"""How much of the channel is in use, and what has to give way.

What a node hears and sends is counted, whatever the frames say of themselves.  While the channel
is crowded a node passes on only what is CRITICAL, and it takes much less for that while alarms
are about: an alarm crosses the mesh only where there is room for it.
"""

from micropython import const

from skein.ticks import ticks_add, ticks_diff
from skein.turns import CRITICAL

_STEP_MS = const(4000)
_SMOOTHING = const(4)  # a step weighs 1/4
_CROWDED_PERMILLE = const(600)
_CROWDED_FOR_ALARMS_PERMILLE = const(450)
_ALARMS_FIRST_PERMILLE = const(300)
_PERMILLE_AN_AIRTIME = const(40)
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

    def admits(self, priority: int) -> bool:
        """False if an event that is not this node's own has to give way."""
        if priority == CRITICAL:
            self._alarm_steps = _ALARM_STEPS
            return True
        if self.is_crowded():
            self.gave_way += 1
            return False
        return True

    def is_crowded(self) -> bool:
        """True while there is room only for alarms."""
        limit = _CROWDED_FOR_ALARMS_PERMILLE if self._alarm_steps else _CROWDED_PERMILLE
        return self.permille >= limit

    def is_for_alarms(self) -> bool:
        """True while alarms are about and there is little room beside them."""
        return self._alarm_steps > 0 and self.permille >= _ALARMS_FIRST_PERMILLE

    def more_airtimes(self) -> int:
        """By how much longer copies are spread: the more the channel is used the fewer meet.

        Not while alarms are about: what is not CRITICAL soon gives way to them as a whole.
        """
        return 0 if self._alarm_steps else self.permille // _PERMILLE_AN_AIRTIME

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
