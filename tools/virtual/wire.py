"""The datagrams between a board's radio and the air, little-endian, on loopback.

Board to air: token (4 bytes, this fleet's secret), board number (2), kind (1), then
    STATE   sequence (1), flags (1), channel (1), MAC (6).  Without IS_NEW_STATE it only asks, and
            says that the board's program has just started and which MAC it has by birth.
    FRAME   destination MAC (6), the message (1..250)
    BELL    nothing; the air sends it back
    from a LoRa chip, each with a byte and then what its modem is set to: frequency (4), bandwidth
    (4), spreading factor (1), coding rate 5..8 (1), preamble (2), sync word (1), CRC (1), length
    of the message (1):
    TUNE    whether it listens from now on
    SEND    power in dBm, and the message (0..255) behind
    LOOK    for a preamble
    SENSE   what is on the channel
Air to board, each filled up to 265 bytes: kind (1), then
    STATE   wedged (1), sequence (1), flags (1), channel (1), MAC (6): the answer
    FRAME   the record of ESPNow's ring: 0x99 (1), length (2), time in ms (4), RSSI (1), MAC (6),
            the message
    DONE    wedged (1), frames sent since the program started (3), and how many of them failed (3)
    BELL    nothing
    to a LoRa chip:
    TUNE    a frame: whether its CRC is bad (1), RSSI (1), SNR in quarters of a dB (1), length (1),
            the message
    SEND    sent
    LOOK    whether there was a preamble (1)
    SENSE   RSSI (1)
    BEGUN   a header was received
The board's halves are vm/_radio.py and vm/_lora_chip.py.
"""

import struct

STATE, FRAME, DONE, BELL = 1, 2, 3, 4
TUNE, SEND, LOOK, SENSE, BEGUN = 10, 11, 12, 13, 14
IS_STA_ON, IS_AP_ON, IS_ESPNOW_ON, IS_NEW_STATE = 1, 2, 4, 128

HEADER = struct.Struct("<IHB")
MODEM = struct.Struct("<BIIBBHBBB")
STATE_BODY = struct.Struct("<BBB6s")
_RECORD = struct.Struct("<BBHIb6s")
_ANSWER = struct.Struct("<BBBBB6s")
_RECORD_MAGIC = 0x99
_TICKS_MASK = 0x3FFFFFFF

MOST_MESSAGE_BYTES = 250


def answer_state(is_wedged: bool, sequence: int, flags: int, channel: int, mac: bytes) -> bytes:
    return _filled(_ANSWER.pack(STATE, is_wedged, sequence, flags, channel, mac))


def frame_record(message: bytes, time_ms: int, rssi_dbm: int, mac: bytes) -> bytes:
    """time_ms: taken on the ring of time.ticks_ms(), so that it fits a small int."""
    head = _RECORD.pack(FRAME, _RECORD_MAGIC, len(message), time_ms & _TICKS_MASK, rssi_dbm, mac)
    return _filled(head + message)


def done(is_wedged: bool, sent: int, failed: int) -> bytes:
    counts = (sent & 0xFFFFFF).to_bytes(3, "little") + (failed & 0xFFFFFF).to_bytes(3, "little")
    return _filled(bytes((DONE, is_wedged)) + counts)


def bell() -> bytes:
    return _filled(bytes((BELL,)))


def lora_frame(message: bytes, is_bad: bool, rssi_dbm: int, snr_x4: int) -> bytes:
    head = struct.pack("<BBbbB", TUNE, is_bad, rssi_dbm, snr_x4, len(message))
    return _filled(head + message)


def lora_sent() -> bytes:
    return _filled(bytes((SEND,)))


def lora_seen(is_busy: bool) -> bytes:
    return _filled(bytes((LOOK, is_busy)))


def lora_sensed(rssi_dbm: int) -> bytes:
    return _filled(struct.pack("<Bb", SENSE, rssi_dbm))


def lora_begun() -> bytes:
    return _filled(bytes((BEGUN,)))


def _filled(data: bytes) -> bytes:
    return data.ljust(_RECORD.size + MOST_MESSAGE_BYTES, b"\0")
