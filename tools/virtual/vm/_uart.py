"""UART(1): a wire to the supervisor, beside the console.  A write never blocks the board.

A write of more than 1400 bytes is cut there and says so in its result; what the supervisor does
not take in time is lost.
"""

import os
import socket

from micropython import const

_MOST_BYTES = const(1400)


class UART:
    def __init__(self, id, baudrate=115200, **ignored):
        if id != 1:
            raise ValueError(f"UART({id}) doesn't exist")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port = int(os.getenv("SKEIN_UART_PORT"))
        self._socket.connect(socket.getaddrinfo("127.0.0.1", port)[0][-1])
        self._socket.setblocking(False)
        self._arrived = b""
        self._socket.send(b"")  # tells the supervisor where to answer

    def write(self, data):
        try:
            return self._socket.write(data, _MOST_BYTES)
        except OSError:
            return min(len(data), _MOST_BYTES)  # nobody listens

    def any(self):
        self._take_in()
        return len(self._arrived)

    def read(self, count=-1):
        self._take_in()
        count = len(self._arrived) if count < 0 else count
        data = self._arrived[:count]
        self._arrived = self._arrived[count:]
        return data or None

    def _take_in(self):
        while len(self._arrived) < _MOST_BYTES:
            try:
                self._arrived += self._socket.recv(_MOST_BYTES)
            except OSError:
                return
