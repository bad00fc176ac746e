"""What a board that sleeps keeps in the clock's memory, which only a loss of power empties."""

from machine import RTC
from micropython import const

from skein.ids import hash30

_MAGIC = b"SKN1"
_STATE_LENGTH = const(4)
_HEAD = const(6)
_CHECKSUM_LEN = const(4)
MOST_BYTES = const(2038)  # of the chip's 2048, for the sleeper and the application together


def load() -> "tuple[bytes, bytes] | None":
    """(the sleeper's state, the application's bytes), or None where there are none."""
    data = RTC().memory()
    end = len(data) - _CHECKSUM_LEN
    if end < _HEAD or data[:_STATE_LENGTH] != _MAGIC:
        return None
    if int.from_bytes(data[end:], "little") != hash30(data, 0, end):
        return None
    split = _HEAD + (data[_STATE_LENGTH] | data[_STATE_LENGTH + 1] << 8)
    return data[_HEAD:split], data[split:end]


def save(state: bytearray, kept: bytes) -> None:
    """Both have at most MOST_BYTES together; raises ValueError for more."""
    data = _MAGIC + len(state).to_bytes(2, "little") + state + kept
    RTC().memory(data + hash30(data).to_bytes(_CHECKSUM_LEN, "little"))
