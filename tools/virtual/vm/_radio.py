"""The radio of this board: one datagram socket to the air, and what the driver keeps in RAM.

`drain` plays the interrupt handler of the chip: it moves what arrived into the ring that ESPNow
was given and drops what does not fit.  It runs whenever a program touches ESPNow.  Datagrams:
tools/virtual/wire.py.  Nothing below allocates once the radio is set up.
"""

import os
import socket
import struct
import time

IS_STA_ON = 1
IS_AP_ON = 2
IS_ESPNOW_ON = 4
_IS_NEW_STATE = 128

_STATE = 1
_FRAME = 2
_DONE = 3
_BELL = 4

RECORD_BYTES = 14
_HEADER_BYTES = 7
_FRAME_AT = 13  # header and destination
_TX_QUEUE = 32  # dynamic transmit buffers of the Wi-Fi driver, as ESP-IDF sets them

ring = None
on_frame = None
flags = 0
channel = 1
mac = b""
is_wedged = False
rx_packets = 0
rx_dropped = 0
tx_packets = 0
tx_responses = 0
tx_failures = 0
ring_bytes = 0

_in = bytearray(1 + RECORD_BYTES + 250)
_out = bytearray(_FRAME_AT + 250)
_sequence = 0
_answered = -1
_has_rung = False


def _open():
    struct.pack_into(
        "<IH", _out, 0, int(os.getenv("SKEIN_AIR_TOKEN")), int(os.getenv("SKEIN_BOARD"))
    )
    port = int(os.getenv("SKEIN_AIR_PORT"))
    result = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    result.connect(socket.getaddrinfo("127.0.0.1", port)[0][-1])
    result.setblocking(False)
    return result


def set_state(new_flags, new_channel, new_mac):
    """Tell the air what this radio does now; returns when the air knows."""
    _exchange(new_flags | _IS_NEW_STATE, new_channel, new_mac)


def _exchange(new_flags, new_channel, new_mac):
    global _sequence
    _sequence = (_sequence + 1) & 0xFF
    for _ in range(20):
        _out[6] = _STATE
        struct.pack_into("BBB6s", _out, 7, _sequence, new_flags, new_channel, new_mac)
        _write(16)
        for _ in range(100):
            drain()
            if _answered == _sequence:
                return
            time.sleep_ms(1)
    raise RuntimeError("the air does not answer")


def send(peer, message):
    """Hand a frame to the driver; False when its queue is full."""
    global tx_packets
    if is_wedged or tx_packets - tx_responses >= _TX_QUEUE:
        return False
    _out[6] = _FRAME
    struct.pack_into("6s250s", _out, _HEADER_BYTES, peer, message)
    tx_packets += 1
    _write(_FRAME_AT + len(message))
    return True


def drain():
    """Take in all that arrived."""
    while True:
        try:
            count = _air.readinto(_in)
        except OSError:
            return  # no air: nothing comes
        if count is None:
            return
        kind = _in[0]
        if kind == _FRAME:
            _store(count - 1)
        elif kind == _DONE:
            _count_responses()
        elif kind == _STATE:
            _take_state()
        else:
            _silence_bell()


def ring_bell():
    """Frames are left in the ring, and a poll looks at the socket: make it readable again."""
    global _has_rung
    if not _has_rung:
        _has_rung = True
        _out[6] = _BELL
        _write(_HEADER_BYTES)


def fileno():
    return _air.fileno()


def forget_counts():
    """The driver was shut down; its queue went with it."""
    global tx_packets
    tx_packets = tx_responses


def _silence_bell():
    global _has_rung
    _has_rung = False


def _store(count):
    global rx_packets, rx_dropped
    if ring is None:
        return
    if count >= ring_bytes - 1 - ring.any():
        rx_dropped += 1
        return
    ring.write(_in, 1, count)
    rx_packets += 1
    if on_frame:
        on_frame()


def _count_responses():
    global is_wedged, tx_responses, tx_failures
    is_wedged = _in[1] != 0
    missing = (_in[2] | _in[3] << 8 | _in[4] << 16) - tx_responses & 0xFFFFFF
    if missing < 0x800000:
        tx_responses += missing
    tx_failures += (_in[5] | _in[6] << 8 | _in[7] << 16) - tx_failures & 0xFFFFFF


def _take_state():
    global is_wedged, flags, channel, mac, _answered
    is_wedged = _in[1] != 0
    _answered = _in[2]
    flags = _in[3]
    channel = _in[4]
    mac = bytes(_in[5:11])


def _write(count):
    try:
        _air.write(_out, count)
    except OSError:
        pass  # no air: as if nobody heard


_air = _open()
_exchange(0, 0, bytes.fromhex(os.getenv("SKEIN_MAC")))
