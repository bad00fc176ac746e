"""ESP-NOW on a board that keeps events for sleepers: their frames are not the node's."""

import random

from micropython import const

from device import clock
from device.espnow_link import ESPNowLink
from skein.ids import NOBODY, text
from skein.keeper import Keeper
from skein.ticks import ticks_diff

_MOST_AT_ONCE = const(8)  # of their frames before the loop goes on
_SLOTS_MORE = const(4)


class KeeperLink(ESPNowLink):
    """An ESPNowLink; call `keep` before the first frame."""

    def keep(self, node, runner, rows: int) -> None:
        """Serve at most `rows` sleepers, and let `runner` look when one called."""
        self._keeper = Keeper(node, self, random, rows, 2 * rows + _SLOTS_MORE)
        self._wake = runner.wake

    def receive(self) -> bool:
        """Take one frame for the node from the driver, if there is one, without waiting."""
        for _ in range(_MOST_AT_ONCE):
            if not super().receive():
                return False
            if not self._keeper.receive(self.frame, clock.now()):
                return True
            self._wake()
        return False

    def sleepers(self) -> list:
        """A dict for each: id, period_ms, heard_ms_ago, held."""
        keeper, now = self._keeper, clock.now()
        return [
            {
                "id": text(keeper.ids[row]),
                "period_ms": keeper.period_ms(row),
                "heard_ms_ago": ticks_diff(now, keeper.heard_at[row]),
                "held": keeper.count_for(row),
            }
            for row in range(len(keeper.ids))
            if keeper.ids[row] != NOBODY
        ]
