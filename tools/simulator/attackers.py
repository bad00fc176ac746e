"""Nodes that misuse the channel, behind the back of the protocol that runs on them.

An attacker's radio looks at the channel before each frame, as real ones do; a frame that finds
it busy is given up. (Who does not look at all is a jammer.) It stops while its node has no power.
"""

from collections import deque

from tools.simulator.frame import Frame

_MOST_KEPT = 1_000


class Attacker:
    """Sends `next_frame` again and again, so many times a second."""

    def __init__(self, run, node: int, frames_per_s: float):
        self._run = run
        self._node = node
        self._gap_us = max(1, round(1e6 / frames_per_s))

    def go(self, end_us: int) -> None:
        """Begin now; no frame begins at or after `end_us`."""
        if self._run.engine.now_us >= end_us:
            return
        is_on = self._run.stations[self._node] is not None
        if is_on and not self._run.air.is_busy(self._node):
            frame = self.next_frame()
            if frame is not None:
                self._run.air.inject(self._node, frame)
        self._run.engine.after(self._gap_us, self.go, end_us)

    def next_frame(self) -> Frame | None:
        """What to send now; None for nothing."""
        raise NotImplementedError


class Flooder(Attacker):
    """Sends random bytes, `length_bytes` at a time."""

    def __init__(self, run, node: int, frames_per_s: float, length_bytes: int):
        super().__init__(run, node, frames_per_s)
        self._length_bytes = length_bytes
        self._dice = run.dice.stream(f"flooder {node}")

    def next_frame(self) -> Frame:
        content = self._dice.randbytes(self._length_bytes)
        return Frame(self._length_bytes, None, content, is_garbage=True)


class Replayer(Attacker):
    """Keeps the last thousand frames that its node hears, then sends them in that order, once."""

    def __init__(self, run, node: int, frames_per_s: float):
        super().__init__(run, node, frames_per_s)
        self._kept: deque[Frame] = deque(maxlen=_MOST_KEPT)
        self._is_recording = True
        run.air.tap(node, self._keep)

    def go(self, end_us: int) -> None:
        self._is_recording = False
        super().go(end_us)

    def next_frame(self) -> Frame | None:
        return self._kept.popleft() if self._kept else None

    def _keep(self, frame: Frame) -> None:
        if self._is_recording:
            self._kept.append(frame)
