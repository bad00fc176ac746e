"""Virtual time: actions run in the order of their instants, and nothing else moves the clock.

Instants are integer microseconds since the run began. Two actions at one instant run in the order
in which they were asked for, so a run depends on nothing but its inputs.
"""

import heapq
from collections.abc import Callable

# One entry of the heap: [instant, order of asking, action, arguments]. The order is unique, so a
# comparison never reaches the action. A list, because cancelling clears the action in place.
Entry = list


class Engine:
    """A clock and the actions that wait for it."""

    def __init__(self) -> None:
        self.now_us = 0
        self.events = 0
        self._waiting: list[Entry] = []
        self._asked = 0

    def at(self, at_us: int, action: Callable, *arguments) -> Entry:
        """Run `action(*arguments)` at the instant `at_us`; returns what `cancel` takes.

        Raises ValueError for an instant that has passed.
        """
        if at_us < self.now_us:
            raise ValueError(f"{at_us} us has passed, it is {self.now_us} us")
        self._asked += 1
        entry = [at_us, self._asked, action, arguments]
        heapq.heappush(self._waiting, entry)
        return entry

    def after(self, delay_us: int, action: Callable, *arguments) -> Entry:
        """Run `action(*arguments)` in `delay_us` >= 0 microseconds."""
        return self.at(self.now_us + delay_us, action, *arguments)

    @staticmethod
    def cancel(entry: Entry) -> None:
        """Take an action back; one that has run or was taken back already is left alone."""
        entry[2] = None
        entry[3] = ()

    def run_until(self, end_us: int) -> None:
        """Run everything that is due at or before `end_us`, then stand at `end_us`."""
        waiting = self._waiting
        pop = heapq.heappop
        while waiting and waiting[0][0] <= end_us:
            at_us, _, action, arguments = pop(waiting)
            if action is not None:
                self.now_us = at_us
                self.events += 1
                action(*arguments)
        self.now_us = max(self.now_us, end_us)
