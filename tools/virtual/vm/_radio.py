"""The radio of this board: one datagram socket to the air, and what the driver keeps in RAM.

`Radio.drain` plays the interrupt handler of the chip: it moves what arrived into the ring that
ESPNow was given and drops what does not fit.  It runs whenever a program touches ESPNow.
Sending and draining allocate nothing.  Datagrams: tools/virtual/wire.py.
"""

import os
import socket
import struct
import time

from micropython import const

IS_STA_ON = const(1)
IS_AP_ON = const(2)
IS_ESPNOW_ON = const(4)
_IS_NEW_STATE = const(128)

_STATE = const(1)
_FRAME = const(2)
_DONE = const(3)
_BELL = const(4)

RECORD_BYTES = const(14)
MOST_MESSAGE_BYTES = const(250)
_KIND_AT = const(6)
_BODY_AT = const(7)
_MESSAGE_AT = const(13)
_TX_QUEUE = const(32)  # dynamic transmit buffers of the Wi-Fi driver, as ESP-IDF sets them


class Radio:
    """What the firmware below Python knows; there is one, `radio`.

    ring: a RingIO of ring_bytes while ESP-NOW is active, else None.
    on_frame: called without arguments for each frame that went into the ring, if not None.
    """

    def __init__(self):
        self.ring = None
        self.ring_bytes = 0
        self.on_frame = None
        self.flags = 0
        self.channel = 1
        self.mac = bytes.fromhex(os.getenv("SKEIN_MAC"))
        self.is_wedged = False
        self.rx_packets = 0
        self.rx_dropped = 0
        self.tx_packets = 0
        self.tx_responses = 0
        self.tx_failures = 0
        self._in = bytearray(1 + RECORD_BYTES + MOST_MESSAGE_BYTES)
        self._out = bytearray(_MESSAGE_AT + MOST_MESSAGE_BYTES)
        self._sequence = 0
        self._answered = 0
        self._has_rung = False
        token, board = int(os.getenv("SKEIN_AIR_TOKEN")), int(os.getenv("SKEIN_BOARD"))
        struct.pack_into("<IH", self._out, 0, token, board)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port = int(os.getenv("SKEIN_AIR_PORT"))
        self.socket.connect(socket.getaddrinfo("127.0.0.1", port)[0][-1])
        self.socket.setblocking(False)
        self._exchange(0, 0, self.mac)  # the air knows what Wi-Fi did before a soft reset

    def set_state(self, flags, channel, mac):
        """Tell the air what this radio does now; returns when the air knows."""
        self._exchange(flags | _IS_NEW_STATE, channel, mac)

    def send(self, peer, message):
        """Hand a frame to the driver; False when its queue is full."""
        if self.is_wedged or self.tx_packets - self.tx_responses >= _TX_QUEUE:
            return False
        struct.pack_into("B6s250s", self._out, _KIND_AT, _FRAME, peer, message)
        self.tx_packets += 1
        self._write(_MESSAGE_AT + len(message))
        return True

    def drain(self):
        """Take in all that arrived."""
        while True:
            try:
                # It goes on until the buffer is full, so the air makes every datagram as long.
                if self.socket.readinto(self._in) is None:
                    return
            except OSError:
                return  # no air: nothing comes
            kind = self._in[0]
            if kind == _FRAME:
                self._store(RECORD_BYTES + (self._in[2] | self._in[3] << 8))
            elif kind == _DONE:
                self._count_responses()
            elif kind == _STATE:
                self._take_state()
            elif kind == _BELL:
                self._has_rung = False

    def ring_bell(self):
        """Frames stay in the ring, but a poll looks at the socket: make it readable again."""
        if not self._has_rung:
            self._has_rung = True
            self._out[_KIND_AT] = _BELL
            self._write(_BODY_AT)

    def forget_queue(self):
        """ESP-NOW was switched on or off: what waited to be sent is gone."""
        self.tx_packets = self.tx_responses

    def _exchange(self, flags, channel, mac):
        self._sequence = (self._sequence + 1) & 0xFF
        body = (_STATE, self._sequence, flags, channel, mac)
        for _ in range(20):
            struct.pack_into("BBBB6s", self._out, _KIND_AT, *body)
            self._write(_BODY_AT + 9)
            for _ in range(100):
                self.drain()
                if self._answered == self._sequence:
                    return
                time.sleep_ms(1)
        raise RuntimeError("the air does not answer")

    def _write(self, count):
        try:
            self.socket.write(self._out, count)
        except OSError:
            return  # no air: as if nobody heard

    def _store(self, count):
        if self.ring is None:
            return
        # The C code asks for more room than the record, of a ring that keeps one byte free.
        if count >= self.ring_bytes - 1 - self.ring.any():
            self.rx_dropped += 1
            return
        self.ring.write(self._in, 1, count)
        self.rx_packets += 1
        if self.on_frame:
            self.on_frame()

    def _count_responses(self):
        data = self._in
        self.is_wedged = data[1] != 0
        sent = data[2] | data[3] << 8 | data[4] << 16
        failed = data[5] | data[6] << 8 | data[7] << 16
        self.tx_responses += sent - self.tx_responses & 0xFFFFFF
        self.tx_failures += failed - self.tx_failures & 0xFFFFFF

    def _take_state(self):
        data = self._in
        self.is_wedged = data[1] != 0
        self._answered = data[2]
        self.flags = data[3]
        self.channel = data[4]
        self.mac = bytes(data[5:11])


radio = Radio()
