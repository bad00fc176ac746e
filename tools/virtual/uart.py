"""UART(1) of a virtual board: a port on loopback for each of its two ends."""

import contextlib
import socket
import time
from collections.abc import Callable

from tools.virtual.ward import Ward


class Uart:
    """The end outside the board.  All but `write` belongs in the ward's thread.

    on_data(data, arrived_at): what the board sent; arrived_at as time.monotonic().
    """

    def __init__(self, ward: Ward, on_data: Callable[[bytes, float], None]):
        self._ward = ward
        self._on_data = on_data
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._peer: tuple[str, int] | None = None
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        ward.watch(self._socket, 1, self._read)

    @property
    def port(self) -> int:
        """Where the board sends to."""
        return self._socket.getsockname()[1]

    def write(self, data: bytes) -> None:
        """Send to the board; lost if it has not opened its end."""
        if self._peer:
            with contextlib.suppress(OSError):
                self._socket.sendto(data, self._peer)

    def close(self) -> None:
        self._ward.unwatch(self._socket)
        self._socket.close()

    def _read(self, _events):
        arrived_at = time.monotonic()
        while True:
            try:
                data, self._peer = self._socket.recvfrom(2048)
            except BlockingIOError:
                return
            except OSError:
                continue  # the board is gone and refused what was sent to it
            if data:
                self._on_data(data, arrived_at)
