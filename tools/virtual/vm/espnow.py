"""`espnow` as on the ESP32 (ESP-NOW version 1: frames of at most 250 bytes).

Source: MicroPython 1.25, ports/esp32/modules/espnow.py.
"""

from _espnow import MAX_DATA_LEN, ESPNowBase
from _peers import (  # noqa: F401 (what `espnow` offers, too)
    ADDR_LEN,
    KEY_LEN,
    MAX_ENCRYPT_PEER_NUM,
    MAX_TOTAL_PEER_NUM,
)


class ESPNow(ESPNowBase):
    _shared = [None, bytearray(MAX_DATA_LEN)]
    _nothing = (None, None)

    def irecv(self, timeout_ms=None):
        return self._shared if self.recvinto(self._shared, timeout_ms) else self._nothing

    def recv(self, timeout_ms=None):
        if not self.recvinto(self._shared, timeout_ms):
            return self._nothing
        return [bytes(part) for part in self._shared]

    def __iter__(self):
        return self

    def __next__(self):
        return self.irecv()
