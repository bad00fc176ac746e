"""The peers that ESP-NOW was told of, with the limits and errors of the chip.

Codes: ESP-IDF, components/esp_wifi/include/esp_now.h; MicroPython hands them on negated.
"""

from micropython import const

KEY_LEN = const(16)
ADDR_LEN = const(6)
MAX_TOTAL_PEER_NUM = const(20)
MAX_ENCRYPT_PEER_NUM = const(6)

NOT_INIT = const(0x3065)
ARG = const(0x3066)
NO_MEM = const(0x3067)
FULL = const(0x3068)
NOT_FOUND = const(0x3069)
EXIST = const(0x306B)
IF = const(0x306C)
CHAN = const(0x306D)
_NAMES = ("NOT_INIT", "ARG", "NO_MEM", "FULL", "NOT_FOUND", "INTERNAL", "EXIST", "IF", "CHAN")

_NEW = (bytes(KEY_LEN), 0, 0, False)


def fail(code):
    raise OSError(-code, "ESP_ERR_ESPNOW_" + _NAMES[code - NOT_INIT])


def checked_bytes(buffer, length):
    if len(buffer) != length:
        raise ValueError("invalid buffer length")
    return bytes(buffer)


class PeerTable:
    """MAC to (local master key, channel, interface, is_encrypted)."""

    def __init__(self):
        self.is_open = False
        self._peers = {}

    def check_open(self):
        if not self.is_open:
            fail(NOT_INIT)

    def clear(self):
        self._peers.clear()

    def find(self, mac):
        self.check_open()
        if mac not in self._peers:
            fail(NOT_FOUND)
        return self._peers[mac]

    def unicast(self):
        """The addresses of single boards; the chip lists no others."""
        self.check_open()
        return (mac for mac in self._peers if not mac[0] & 1)

    def count(self):
        self.check_open()
        return len(self._peers), sum(1 for peer in self._peers.values() if peer[3])

    def add(self, mac, changes):
        mac = checked_bytes(mac, ADDR_LEN)
        self.check_open()
        if mac in self._peers:
            fail(EXIST)
        if len(self._peers) >= MAX_TOTAL_PEER_NUM:
            fail(FULL)
        self._put(mac, _NEW, changes)

    def modify(self, mac, changes):
        mac = checked_bytes(mac, ADDR_LEN)
        self._put(mac, self.find(mac), changes)

    def remove(self, mac):
        mac = checked_bytes(mac, ADDR_LEN)
        self.find(mac)
        del self._peers[mac]

    def _put(self, mac, old, changes):
        key, channel, interface, is_encrypted = old
        new_key, new_channel, new_interface, encrypt = changes
        if new_key is not None:
            is_encrypted = bool(new_key)
            key = checked_bytes(new_key, KEY_LEN) if new_key else key
        if encrypt is not None:
            is_encrypted = bool(encrypt)
        channel = channel if new_channel is None else new_channel
        interface = interface if new_interface is None else new_interface
        if not 0 <= channel <= 14 or not 0 <= interface <= 1 or is_encrypted and mac[0] & 1:
            fail(ARG)
        if is_encrypted and not old[3] and self.count()[1] >= MAX_ENCRYPT_PEER_NUM:
            fail(FULL)
        self._peers[mac] = (key, channel, interface, is_encrypted)
