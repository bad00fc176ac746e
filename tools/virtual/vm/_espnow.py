"""What espnow.ESPNow is built on, in C on the chip.

Sending with sync=False and receiving with recvinto allocate nothing, as in the C code.
What differs: keys are stored and counted but encrypt nothing.
Source: MicroPython 1.25, ports/esp32/modespnow.c.
"""

import io
import time

import micropython
from _in_place_length import InPlaceLength
from _peers import (
    ADDR_LEN,
    ARG,
    CHAN,
    IF,
    NO_MEM,
    NOT_FOUND,
    PeerTable,
    fail,
)
from _radio import IS_AP_ON, IS_ESPNOW_ON, IS_STA_ON, MOST_MESSAGE_BYTES, RECORD_BYTES, radio
from micropython import const

MAX_DATA_LEN = MOST_MESSAGE_BYTES

_SEND_TIMEOUT_MS = const(2000)
_RESPONSE_TIMEOUT_MS = const(100)
_DEFAULT_TIMEOUT_MS = const(300000)
_MAGIC = const(0x99)
_ENOENT = const(2)
_ETIMEDOUT = const(116)  # of the chip, not of this computer
_GET_FILENO = const(10)  # ioctl request of MicroPython's streams


class ESPNowBase(io.IOBase):
    _singleton = None

    def __new__(cls):
        if cls._singleton is None:
            cls._singleton = super().__new__(cls)
            cls._singleton._set_up()
        return cls._singleton

    def _set_up(self):
        self._rxbuf = 2 * (RECORD_BYTES + MAX_DATA_LEN)
        self._timeout_ms = _DEFAULT_TIMEOUT_MS
        self.peers = PeerTable()
        self.peers_table = {}
        self._header = bytearray(8)
        self._mac = bytearray(ADDR_LEN)
        self._length = InPlaceLength(MAX_DATA_LEN)

    def active(self, is_wanted=None):
        if is_wanted is not None and bool(is_wanted) != self.peers.is_open:
            if is_wanted:
                radio.ring_bytes = self._rxbuf
                radio.ring = micropython.RingIO(self._rxbuf)
            else:
                radio.ring = None
                self.peers.clear()
            radio.set_state(radio.flags ^ IS_ESPNOW_ON, radio.channel, radio.mac)
            radio.forget_queue()
            self.peers.is_open = bool(is_wanted)
        return self.peers.is_open

    def config(self, name=None, *, rxbuf=-1, timeout_ms=None, rate=-1):
        if rxbuf >= 0:
            self._rxbuf = rxbuf
        if timeout_ms is not None:
            self._timeout_ms = timeout_ms
        if rate >= 0 and not radio.flags & (IS_STA_ON | IS_AP_ON):
            raise OSError(_ENOENT)
        if name is None:
            return None
        if name == "rxbuf":
            return self._rxbuf
        if name == "timeout_ms":
            return self._timeout_ms
        raise ValueError("unknown config param")

    def add_peer(self, mac, lmk=None, channel=None, ifidx=None, encrypt=None):
        self.peers.add(mac, (lmk, channel, ifidx, encrypt))

    def __getattr__(self, name):
        """What few programs use; see _espnow_rest."""
        import _espnow_rest  # noqa: PLC0415 (it would cost heap here but not on a chip)

        function = getattr(_espnow_rest, name)
        return lambda *values, **named: function(self, *values, **named)

    # Sending

    def send(self, peer, message=None, sync=True):
        self.peers.check_open()
        if message is None:
            peer, message = None, peer
        if peer and len(peer) != ADDR_LEN:
            raise ValueError("invalid buffer length")
        is_sync = sync is None or bool(sync)
        if is_sync:
            self._wait_for_responses()
        failures = radio.tx_failures
        if peer:
            self._send_to(peer, message)
        else:
            self._send_to_all(message)
        if is_sync:
            self._wait_for_responses()
        return not is_sync or failures == radio.tx_failures

    def _send_to_all(self, message):
        peers = tuple(self.peers.unicast()) or fail(NOT_FOUND)
        for mac in peers:
            self._send_to(mac, message)

    def _send_to(self, peer, message):
        self._check_frame(peer, message)
        started = time.ticks_ms()
        radio.drain()
        while not radio.send(peer, message):
            if time.ticks_diff(time.ticks_ms(), started) >= _SEND_TIMEOUT_MS:
                fail(NO_MEM)
            time.sleep_ms(1)
            radio.drain()

    def _check_frame(self, peer, message):
        if not 0 < len(message) <= MAX_DATA_LEN:
            fail(ARG)
        _, channel, interface, _ = self.peers.find(peer)
        if not radio.flags & (IS_AP_ON if interface else IS_STA_ON):
            fail(IF)
        if channel and channel != radio.channel:
            fail(CHAN)

    def _wait_for_responses(self):
        started = time.ticks_ms()
        radio.drain()
        while radio.tx_responses < radio.tx_packets:
            if time.ticks_diff(time.ticks_ms(), started) > _RESPONSE_TIMEOUT_MS:
                raise OSError(_ETIMEDOUT)
            time.sleep_ms(1)
            radio.drain()

    # Receiving

    def any(self):
        self.peers.check_open()
        radio.drain()
        return radio.ring.any() > 0

    def recvinto(self, buffers, timeout_ms=None):
        self.peers.check_open()
        if not isinstance(buffers, list) or len(buffers) < 2:
            raise ValueError("ESPNow.recvinto(): Invalid argument")
        message = buffers[1]
        self._length.set(message, MAX_DATA_LEN)
        if len(message) != MAX_DATA_LEN:
            raise ValueError("invalid buffer length")
        if not self._wait_for_frame(self._timeout_ms if timeout_ms is None else timeout_ms):
            return 0
        length = self._take_frame(message)
        self._length.set(message, length)
        self._note_sender(buffers)
        if radio.ring.any():
            radio.ring_bell()
        return length

    def ioctl(self, request, argument):
        """A poll waits for the socket, so that nothing has to ask every millisecond."""
        return radio.socket.fileno() if request == _GET_FILENO else 0

    def _wait_for_frame(self, timeout_ms):
        started = time.ticks_ms()
        radio.drain()
        while not radio.ring.any():
            if timeout_ms >= 0 and time.ticks_diff(time.ticks_ms(), started) >= timeout_ms:
                return False
            time.sleep_ms(1)
            radio.drain()
        return True

    def _take_frame(self, message):
        header = self._header
        radio.ring.readinto(header)
        length = header[1] | header[2] << 8
        if header[0] != _MAGIC or length > MAX_DATA_LEN:
            raise ValueError("ESPNow.recv(): buffer error")
        radio.ring.readinto(self._mac)
        radio.ring.readinto(message, length)
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
