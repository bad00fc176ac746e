"""A station: something with a radio, a clock of its own, and timers in virtual time."""

from collections.abc import Callable

from tools.simulator.engine import Entry
from tools.simulator.frame import Frame, Message

TICKS_PERIOD_MS = 1 << 30


class LocalClock:
    """A node's own milliseconds: off by an offset, fast or slow by a drift, on a ring of 2**30.

    offset_ms: where on the ring the clock stands when the run begins.
    drift_ppm: parts in a million that it runs fast.
    """

    def __init__(self, offset_ms: int = 0, drift_ppm: float = 0.0):
        self._offset_ms = offset_ms
        self._rate = 1.0 + drift_ppm * 1e-6

    @classmethod
    def showing(cls, ticks_ms: int, now_us: int, drift_ppm: float = 0.0) -> "LocalClock":
        """A clock that shows `ticks_ms` at the true instant `now_us`."""
        return cls(ticks_ms - cls(0, drift_ppm).ticks_ms(now_us), drift_ppm)

    def ticks_ms(self, now_us: int) -> int:
        """What the clock shows at the true instant `now_us`."""
        return (self._offset_ms + int(now_us * self._rate) // 1000) % TICKS_PERIOD_MS

    def instant_us(self, ticks_ms: int, now_us: int) -> int:
        """The first true instant at which the clock shows `ticks_ms`, seen from `now_us`.

        A time less than half a ring back counts as passed and gives `now_us`.
        """
        ahead_ms = (ticks_ms - self.ticks_ms(now_us)) % TICKS_PERIOD_MS
        if ahead_ms == 0 or ahead_ms >= TICKS_PERIOD_MS // 2:
            return now_us
        shown_us = (int(now_us * self._rate) // 1000 + ahead_ms) * 1000
        at_us = max(now_us, int(shown_us / self._rate))
        while self.ticks_ms(at_us) != ticks_ms:  # the division may fall one step short
            at_us += 1
        return at_us


class Station:
    """What the air and the run call; a protocol fills in the verbs.

    run: the parts of the run that a station may use: `engine`, `air`, `ledger`, `dice`, `storage`.
    clock: the node's own milliseconds, set by the run before `start`.
    hears_garbage: the station reads the bytes of frames, and garbage too.
    """

    hears_garbage = True

    def __init__(self, number: int, run):
        self.number = number
        self.run = run
        self.engine = run.engine
        self.air = run.air
        self.clock = LocalClock()
        self._is_on = True

    def start(self) -> None:
        """The node is switched on."""

    def originate(self, message: Message) -> None:
        """The application on this node hands over a message of its own."""
        raise NotImplementedError

    def hear(self, frame: Frame, rssi_dbm: float, snr_db: float) -> None:
        """A frame was received whole."""
        raise NotImplementedError

    def resign(self) -> None:
        """Lead no more; for a protocol whose nodes elect a leader."""

    def leave(self) -> None:
        """The node is about to lose power, and may say so."""

    def sent(self, frame: Frame) -> None:
        """The station's own frame is over."""

    def stop(self) -> None:
        """The node is switched off: its timers run out without effect."""
        self._is_on = False

    def after(self, delay_us: int, action: Callable, *arguments) -> Entry:
        """A timer of this node: `action(*arguments)` in `delay_us`, unless it is off by then."""
        return self.engine.after(delay_us, self._while_on, action, arguments)

    def _while_on(self, action, arguments):
        if self._is_on:
            action(*arguments)
