"""`espnow` as on the ESP32 (ESP-NOW version 1: frames of at most 250 bytes).

Sending with sync=False and receiving with recvinto or irecv allocate nothing, as in the C code.
One thing differs: nothing interrupts a running program here, so an irq callback is scheduled
when the program next calls ESPNow or waits for it in a poll.
Source: MicroPython 1.25, ports/esp32/modespnow.c and modules/espnow.py; codes: esp_now.h.
"""

import io
import struct
import sys
import time

import _radio
import micropython
import uctypes

MAX_DATA_LEN = 250
KEY_LEN = 16
ADDR_LEN = 6
MAX_TOTAL_PEER_NUM = 20
MAX_ENCRYPT_PEER_NUM = 6

_NOT_INIT, _ARG, _NO_MEM, _FULL, _NOT_FOUND, _INTERNAL, _EXIST, _IF, _CHAN = range(0x3065, 0x306E)
_NAMES = ("NOT_INIT", "ARG", "NO_MEM", "FULL", "NOT_FOUND", "INTERNAL", "EXIST", "IF", "CHAN")

_SEND_TIMEOUT_MS = 2000
_RESPONSE_TIMEOUT_MS = 100
_MAGIC = 0x99
_ETIMEDOUT = 116  # of the chip, not of this computer
_GET_FILENO = 10  # ioctl request of MicroPython's streams
_BROADCAST = b"\xff\xff\xff\xff\xff\xff"

# Where a bytearray keeps its unused and used length; the C code moves bytes between the two.
_WORD = 4 if sys.maxsize < 1 << 32 else 8
_FREE_AT = _WORD + 1
_USED_AT = 2 * _WORD


def _fail(code):
    raise OSError(-code, "ESP_ERR_ESPNOW_" + _NAMES[code - _NOT_INIT])


def _checked_bytes(buffer, length):
    if len(buffer) != length:
        raise ValueError("invalid buffer length")
    return bytes(buffer)


class ESPNow(io.IOBase):
    _singleton = None

    def __new__(cls):
        if cls._singleton is None:
            cls._singleton = super().__new__(cls)
            cls._singleton._set_up()
        return cls._singleton

    def _set_up(self):
        self._is_active = False
        self._rxbuf = 2 * (_radio.RECORD_BYTES + MAX_DATA_LEN)
        self._timeout_ms = 300000
        self._peers = {}
        self._callback = None
        self._schedule = self._schedule_callback
        self.peers_table = {}
        self._header = bytearray(8)
        self._mac = bytearray(6)
        self._sized = None  # the bytearray whose lengths `_lengths` shows
        self._lengths = None
        self._shared = [None, bytearray(MAX_DATA_LEN)]
        self._nothing = (None, None)

    def active(self, is_wanted=None):
        if is_wanted is not None and bool(is_wanted) != self._is_active:
            if is_wanted:
                _radio.ring_bytes = self._rxbuf
                _radio.ring = micropython.RingIO(self._rxbuf)
                flags = _radio.flags | _radio.IS_ESPNOW_ON
            else:
                _radio.ring = None
                self._peers.clear()
                flags = _radio.flags & ~_radio.IS_ESPNOW_ON
            _radio.set_state(flags, _radio.channel, _radio.mac)
            _radio.forget_counts()
            self._is_active = bool(is_wanted)
        return self._is_active

    def config(self, name=None, *, rxbuf=-1, timeout_ms=None, rate=-1):
        if rxbuf >= 0:
            self._rxbuf = rxbuf
        if timeout_ms is not None:
            self._timeout_ms = timeout_ms
        if rate >= 0 and not _radio.flags & (_radio.IS_STA_ON | _radio.IS_AP_ON):
            raise OSError(2)  # ENOENT
        if name is None:
            return None
        if name == "rxbuf":
            return self._rxbuf
        if name == "timeout_ms":
            return self._timeout_ms
        raise ValueError("unknown config param")

    def stats(self):
        _radio.drain()
        return (
            _radio.tx_packets,
            _radio.tx_responses,
            _radio.tx_failures,
            _radio.rx_packets,
            _radio.rx_dropped,
        )

    def irq(self, callback):
        if callback is not None and not callable(callback):
            raise ValueError("invalid handler")
        self._callback = callback
        _radio.on_frame = self._schedule if callback else None

    def _schedule_callback(self):
        try:
            micropython.schedule(self._callback, self)
        except RuntimeError:
            pass  # the queue is full: the chip loses the callback as well

    # Peers

    def add_peer(self, mac, lmk=None, channel=None, ifidx=None, encrypt=None):
        mac = _checked_bytes(mac, ADDR_LEN)
        self._check_active()
        if mac in self._peers:
            _fail(_EXIST)
        if len(self._peers) >= MAX_TOTAL_PEER_NUM:
            _fail(_FULL)
        self._put_peer(mac, (bytes(KEY_LEN), 0, 0, False), lmk, channel, ifidx, encrypt)

    def mod_peer(self, mac, lmk=None, channel=None, ifidx=None, encrypt=None):
        mac = _checked_bytes(mac, ADDR_LEN)
        self._put_peer(mac, self._known(mac), lmk, channel, ifidx, encrypt)

    def _put_peer(self, mac, old, lmk, channel, ifidx, encrypt):
        key, old_channel, old_ifidx, is_encrypted = old
        if lmk is not None:
            is_encrypted = bool(lmk)
            key = _checked_bytes(lmk, KEY_LEN) if lmk else key
        if encrypt is not None:
            is_encrypted = bool(encrypt)
        channel = old_channel if channel is None else channel
        ifidx = old_ifidx if ifidx is None else ifidx
        if not 0 <= channel <= 14 or not 0 <= ifidx <= 1 or is_encrypted and mac[0] & 1:
            _fail(_ARG)
        if is_encrypted and not old[3] and self.peer_count()[1] >= MAX_ENCRYPT_PEER_NUM:
            _fail(_FULL)
        self._peers[mac] = (key, channel, ifidx, is_encrypted)

    def del_peer(self, mac):
        mac = _checked_bytes(mac, ADDR_LEN)
        self._known(mac)
        del self._peers[mac]

    def get_peer(self, mac):
        mac = _checked_bytes(mac, ADDR_LEN)
        return (mac,) + self._known(mac)

    def get_peers(self):
        self._check_active()
        return tuple((mac,) + self._peers[mac] for mac in self._peers if not mac[0] & 1)

    def peer_count(self):
        self._check_active()
        return len(self._peers), sum(1 for peer in self._peers.values() if peer[3])

    def set_pmk(self, key):
        _checked_bytes(key, KEY_LEN)
        self._check_active()

    # Sending

    def send(self, peer, message=None, sync=True):
        self._check_active()
        if message is None:
            peer, message = None, peer
        if peer and len(peer) != ADDR_LEN:
            raise ValueError("invalid buffer length")
        if sync or sync is None:
            self._wait_for_responses()
        failures = _radio.tx_failures
        if peer:
            self._send_to(peer, message)
        else:
            self._send_to_all(message)
        if sync or sync is None:
            self._wait_for_responses()
            return failures == _radio.tx_failures
        return True

    def _send_to_all(self, message):
        is_sent = False
        for mac in self._peers:
            if not mac[0] & 1:
                is_sent = True
                self._send_to(mac, message)
        if not is_sent:
            _fail(_NOT_FOUND)

    def _send_to(self, peer, message):
        self._check_frame(peer, message)
        started = time.ticks_ms()
        _radio.drain()
        while not _radio.send(peer, message):
            if time.ticks_diff(time.ticks_ms(), started) >= _SEND_TIMEOUT_MS:
                _fail(_NO_MEM)
            time.sleep_ms(1)
            _radio.drain()

    def _check_frame(self, peer, message):
        if not 0 < len(message) <= MAX_DATA_LEN:
            _fail(_ARG)
        _, channel, ifidx, _ = self._known(peer)
        if not _radio.flags & (_radio.IS_AP_ON if ifidx else _radio.IS_STA_ON):
            _fail(_IF)
        if channel and channel != _radio.channel:
            _fail(_CHAN)

    def _wait_for_responses(self):
        started = time.ticks_ms()
        _radio.drain()
        while _radio.tx_responses < _radio.tx_packets:
            if time.ticks_diff(time.ticks_ms(), started) > _RESPONSE_TIMEOUT_MS:
                raise OSError(_ETIMEDOUT)
            time.sleep_ms(1)
            _radio.drain()

    # Receiving

    def any(self):
        self._check_active()
        _radio.drain()
        return _radio.ring.any() > 0

    def recvinto(self, buffers, timeout_ms=None):
        self._check_active()
        if not isinstance(buffers, list) or len(buffers) < 2:
            raise ValueError("ESPNow.recvinto(): Invalid argument")
        message = buffers[1]
        self._resize(message, MAX_DATA_LEN)
        if len(message) != MAX_DATA_LEN:
            raise ValueError("invalid buffer length")
        if not self._wait_for_frame(self._timeout_ms if timeout_ms is None else timeout_ms):
            return 0
        length = self._take_frame(message)
        self._resize(message, length)
        self._note_sender(buffers)
        if _radio.ring.any():
            _radio.ring_bell()
        return length

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

    def ioctl(self, request, argument):
        if request == _GET_FILENO:
            return _radio.fileno()
        return 0

    def _wait_for_frame(self, timeout_ms):
        started = time.ticks_ms()
        _radio.drain()
        while not _radio.ring.any():
            if timeout_ms >= 0 and time.ticks_diff(time.ticks_ms(), started) >= timeout_ms:
                return False
            time.sleep_ms(1)
            _radio.drain()
        return True

    def _take_frame(self, message):
        header = self._header
        ring = _radio.ring
        ring.readinto(header)
        length = header[1] | header[2] << 8
        if header[0] != _MAGIC or length > MAX_DATA_LEN:
            raise ValueError("ESPNow.recv(): buffer error")
        ring.readinto(self._mac)
        ring.readinto(message, length)
        return length

    def _note_sender(self, buffers):
        header = self._header
        rssi = header[7] - 256
        time_ms = header[3] | header[4] << 8 | header[5] << 16 | header[6] << 24
        buffers[0] = self._seen_mac()
        seen = self.peers_table[buffers[0]]
        seen[0] = rssi
        seen[1] = time_ms
        if len(buffers) >= 4:
            buffers[2] = rssi
            buffers[3] = time_ms

    def _seen_mac(self):
        for mac in self.peers_table:
            if mac == self._mac:
                return mac
        mac = bytes(self._mac)
        self.peers_table[mac] = [None, None]
        return mac

    def _resize(self, message, length):
        """Give `message` this length in place, within the memory it was made with."""
        if not isinstance(message, bytearray):
            return
        if self._sized is not message:
            # id() loses the top bit of some addresses to the tag of small ints.
            address = id(message) & 0x7FFFFFFF if id(message) < 0 else id(message)
            self._lengths = uctypes.bytearray_at(address, 3 * _WORD)
            self._sized = message
        lengths = self._lengths
        capacity = lengths[_USED_AT] + lengths[_FREE_AT]
        if capacity == MAX_DATA_LEN and not lengths[_USED_AT + 1] and not lengths[_FREE_AT + 1]:
            lengths[_USED_AT] = length
            lengths[_FREE_AT] = MAX_DATA_LEN - length

    # Checks

    def _check_active(self):
        if not self._is_active:
            _fail(_NOT_INIT)

    def _known(self, mac):
        self._check_active()
        if mac not in self._peers:
            _fail(_NOT_FOUND)
        return self._peers[mac]
