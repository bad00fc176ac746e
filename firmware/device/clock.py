"""The clock of the chip as an instant on the ring of skein.ticks."""

import time

from skein.ticks import TICKS_MAX


def now() -> int:
    """Milliseconds on the ring of 2**30.  The mask matters only on builds with longer words."""
    return time.ticks_ms() & TICKS_MAX  # type: ignore[operator]  # a bare int on the chip
