"""The LoRa chip of this board: modes, buffer, interrupts, and the bytes that it answers on SPI.

What the driver does with the chip it does by methods here; what a program asks the chip by itself
(channel activity detection, signal strength, whether a frame comes in) goes over `SPI`, as bytes.
The air is a socket, as with ESP-NOW; datagrams: tools/virtual/wire.py.
"""

import os
import socket
import struct
import time

from micropython import const

SLEEP, STANDBY, RX, TX, CAD = const(0), const(1), const(2), const(3), const(4)
RX_DONE, TX_DONE, CRC_ERROR, TIMEOUT = const(0x02), const(0x01), const(0x40), const(0x200)
PREAMBLE, HEADER = const(0x04), const(0x10)
CAD_DONE, CAD_DETECTED = const(0x80), const(0x100)

_TUNE, _SEND, _LOOK, _SENSE = const(10), const(11), const(12), const(13)
_FRAME, _SENT, _SEEN, _SENSED, _BEGUN = const(10), const(11), const(12), const(13), const(14)
_BODY_AT = const(7)
_MESSAGE_AT = const(_BODY_AT + 16)
_ANSWER_BYTES = const(265)


class Chip:
    """kind: "sx1262" or "sx1276".  flags: interrupts as the SX1262 numbers them.

    modem: frequency in Hz, bandwidth in Hz, spreading factor, coding rate 5..8, preamble, sync
    word, whether there is a CRC.  on_irq: called without arguments when one of irqs is raised.
    """

    def __init__(self, kind):
        self.kind = kind
        self.mode = STANDBY
        self.flags = 0
        self.irqs = 0
        self.on_irq = None
        self.modem = [868000000, 125000, 7, 5, 8, 0x12, 0]
        self.power_dbm = 14
        self.packet = b""
        self.snr_x4 = 0
        self.rssi_dbm = -128
        self.has_slipped = False  # the SX1276 reads from the wrong place after a bad packet
        self.registers = {}
        self._until = None
        self._noise_dbm = None
        self._in = bytearray(_ANSWER_BYTES)
        self._out = bytearray(_MESSAGE_AT + 255)
        token, board = int(os.getenv("SKEIN_AIR_TOKEN")), int(os.getenv("SKEIN_BOARD"))
        struct.pack_into("<IH", self._out, 0, token, board)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port = int(os.getenv("SKEIN_AIR_PORT"))
        self._socket.connect(socket.getaddrinfo("127.0.0.1", port)[0][-1])
        self._socket.setblocking(False)

    def reset(self):
        self.flags = 0
        self.modem[4:] = [8, 0x12, 0]  # a chip's own: eight symbols, no CRC
        self.set_mode(STANDBY)

    def set_mode(self, mode):
        """Leaves whatever the chip did: a reception ends, and so does a look."""
        self.drain()
        was_receiving = self.mode == RX
        self.mode = mode
        self._until = None
        if mode == RX:
            self.has_slipped = False
            self._tell(_TUNE, 1)
        elif was_receiving and mode != TX:
            self._tell(_TUNE, 0)
        if mode == CAD:
            self._tell(_LOOK, 0)

    def listen(self, timeout_ms):
        """timeout_ms: None for ever."""
        self.set_mode(RX)
        if timeout_ms is not None:
            self._until = time.ticks_add(time.ticks_ms(), timeout_ms)

    def transmit(self, message):
        self.set_mode(TX)
        self._out[_MESSAGE_AT : _MESSAGE_AT + len(message)] = message
        self._tell(_SEND, self.power_dbm & 0xFF, len(message))

    def drain(self):
        """Take in all that the air told, and look at the time."""
        while self._has_datagram():
            self._take(self._in)
        if self._until is not None and time.ticks_diff(time.ticks_ms(), self._until) >= 0:
            self._until = None
            self.mode = STANDBY
            self._tell(_TUNE, 0)
            self._raise(TIMEOUT)

    def sensed_dbm(self):
        """What is on the channel now."""
        self._noise_dbm = None
        self._tell(_SENSE, 0)
        for _ in range(200):
            self.drain()
            if self._noise_dbm is not None:
                return self._noise_dbm
            time.sleep_us(50)
        return -128

    def _has_datagram(self):
        try:
            return self._socket.readinto(self._in) is not None
        except OSError:
            return False  # no air: nothing comes

    def _take(self, data):
        kind = data[0]
        if kind == _BEGUN and self.mode == RX:
            self.flags |= PREAMBLE | HEADER
        elif kind == _FRAME and self.mode == RX:
            self._receive(data)
        elif kind == _SENT and self.mode == TX:
            self.mode = STANDBY
            self._raise(TX_DONE)
        elif kind == _SEEN and self.mode == CAD:
            self.mode = STANDBY
            self._raise(CAD_DONE | (CAD_DETECTED if data[1] else 0))
        elif kind == _SENSED:
            self._noise_dbm = data[1] - 256

    def _receive(self, data):
        is_bad, rssi, snr, length = data[1:5]
        self.packet = bytes(data[5 : 5 + length])  # one buffer: what was not read is gone
        self.rssi_dbm = rssi - 256
        self.snr_x4 = snr - 256 if snr & 0x80 else snr
        if self.has_slipped and self.packet:
            self.packet = self.packet[-1:] + self.packet[:-1]
        if is_bad:
            self.has_slipped = self.kind == "sx1276"
        self.flags |= PREAMBLE | HEADER
        self._raise(RX_DONE | (CRC_ERROR if is_bad else 0))

    def _raise(self, flags):
        self.flags |= flags
        if flags & self.irqs and self.on_irq:
            self.on_irq()

    def _tell(self, kind, first, length=0):
        struct.pack_into("<BBIIBBHBBB", self._out, 6, kind, first, *self.modem, length)
        try:
            self._socket.write(self._out, _MESSAGE_AT + length)
        except OSError:
            return  # no air: as if nobody heard

    # On the bus

    def exchange(self, data):
        """Answer a transfer in place."""
        self.drain()
        if self.kind == "sx1276":
            self._exchange_register(data)
        else:
            self._exchange_command(data)

    def _exchange_command(self, data):
        command = data[0]
        if command == 0x12:
            data[2], data[3] = self.flags >> 8, self.flags & 0xFF
        elif command == 0x02:
            self.flags &= ~(data[1] << 8 | data[2])
        elif command == 0x80:
            self.set_mode(STANDBY)
        elif command == 0xC5:
            self.set_mode(CAD)
        elif command == 0x15:
            data[2] = -2 * self.sensed_dbm()

    def _exchange_register(self, data):
        register, value = data[0] & 0x7F, data[1]
        if data[0] & 0x80:
            if register == 0x01:
                self.set_mode({0: SLEEP, 1: STANDBY, 3: TX, 5: RX, 7: CAD}[value & 7])
            elif register == 0x12:
                self.flags = 0
            self.registers[register] = value
        elif register == 0x01:
            data[1] = 0x80 | (0, 1, 5, 3, 7)[self.mode]
        elif register == 0x12:
            is_done = self.flags & CAD_DONE
            data[1] = (0x04 if is_done else 0) | (0x01 if self.flags & CAD_DETECTED else 0)
        elif register == 0x18:
            data[1] = 0x0B if self.flags & HEADER and not self.flags & RX_DONE else 0
        elif register == 0x1B:
            data[1] = self.sensed_dbm() + 157
        else:
            data[1] = self.registers.get(register, 0)


chip = Chip(os.getenv("SKEIN_LORA")) if os.getenv("SKEIN_LORA") else None


class SPI:
    """The bus at whose end the chip is; every transfer is one command."""

    MSB = 0

    def __init__(self, id, baudrate=1000000, **_wires):
        if id not in (1, 2):
            raise ValueError(f"SPI({id}) doesn't exist")

    def write(self, data):
        self.write_readinto(data, bytearray(len(data)))

    def write_readinto(self, data, answer):
        answer[:] = data
        if chip:
            chip.exchange(answer)
