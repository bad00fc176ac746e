"""ESP-NOW as a link: broadcast frames on one Wi-Fi channel, so there is no limit of peers.

The driver can refuse a frame for want of memory, for a moment or, by a leak in its transmit
pool (espressif/esp-idf#18682), for good.  A refused frame is offered again after a wait that
doubles; when that does not help the radio is restarted, and when that does not help either
`is_wedged` asks for a reset of the board.
Source: https://docs.micropython.org/en/latest/library/espnow.html
"""

import espnow
import network
from micropython import const

from skein.frame import HEADER_LEN, MTU, SENDER, get_id
from skein.ids import node_id
from skein.ticks import ticks_add, ticks_diff

_BROADCAST = b"\xff\xff\xff\xff\xff\xff"
_RX_FRAMES = const(8)  # what the driver holds while the loop is busy elsewhere
_RX_OVERHEAD = const(14)
_FIRST_WAIT_MS = const(20)
_LONGEST_WAIT_MS = const(2000)
_REFUSALS_TO_RESTART = const(8)
_RESTARTS_TO_WEDGED = const(3)


class ESPNowLink:
    """The one ESP-NOW radio of a board.

    channel: 1..13.  tx_power_dbm: 2..20, or None for what the chip does by itself.
    After `receive` the frame is in `frame` and its strength in `rssi_dbm`.
    seal: a Seal, or None where frames are not authenticated.
    """

    is_slow = False
    slot_us = 1000

    def __init__(self, channel: int, tx_power_dbm: "int | None" = None):
        self._channel = channel
        self._tx_power_dbm = tx_power_dbm
        self._wlan = network.WLAN(network.WLAN.IF_STA)
        self._radio = espnow.ESPNow()
        self.frame = bytearray(espnow.MAX_DATA_LEN)
        self._received: list = [None, self.frame, 0, 0]
        self.rssi_dbm = -128
        self._ready_at = 0
        self._wait_ms = 0
        self._refusals = 0
        self._restarts_in_vain = 0
        self.refused = 0
        self.impostors = 0  # frames whose sender has another address
        self.restarts = 0
        self.airtime_ms = 0
        self._airtime_rest_us = 0
        self.is_wedged = False
        self.seal = None

    def start(self) -> None:
        """Switch the radio on.  Raises OSError or RuntimeError, as WLAN does, when it cannot."""
        network.WLAN(network.WLAN.IF_AP).active(False)  # it may be on from before a soft reset
        self._wlan.active(False)
        self._wlan.active(True)
        self._wlan.config(pm=network.WLAN.PM_NONE)  # power save misses frames
        if self._tx_power_dbm is not None:
            self._wlan.config(txpower=self._tx_power_dbm)
        self._wlan.config(channel=self._channel)
        self._radio.config(rxbuf=_RX_FRAMES * (MTU + _RX_OVERHEAD))
        self._radio.active(True)
        try:
            self._radio.add_peer(_BROADCAST)
        except OSError as error:
            if error.args[-1] != "ESP_ERR_ESPNOW_EXIST":
                raise

    def stop(self) -> None:
        """Switch the radio off."""
        self._radio.active(False)
        self._wlan.active(False)

    def receive(self) -> bool:
        """Take one frame from the driver, if there is one, without waiting."""
        if not self._radio.any():
            return False
        try:
            length = self._radio.recvinto(self._received, 0)
        except ValueError:  # longer than the buffer, so none of ours; the driver starts afresh
            return False
        self.rssi_dbm = self._received[2]
        if self.seal:
            self.seal.open(self.frame)
        if not self._is_of_sender():
            self.impostors += 1
            self.frame[:] = b""  # of which the node counts what is left
        return length > 0

    def _is_of_sender(self):
        """Each board's id comes from its address, so nobody can speak for many."""
        frame = self.frame
        return len(frame) < HEADER_LEN or get_id(frame, SENDER) == node_id(self._received[0])

    def is_ready(self, now: int) -> bool:
        """False while the driver has no room and the next try is still ahead."""
        return self._wait_ms == 0 or ticks_diff(now, self._ready_at) >= 0

    def send(self, buffer: bytearray, length: int, now: int) -> bool:
        """Broadcast the first `length` bytes; False when the driver refused them."""
        message = memoryview(buffer)[:length]
        if self.seal:
            message = self.seal.write(buffer, length)
            if message is None:
                return True
        try:
            self._radio.send(_BROADCAST, message, False)  # type: ignore[call-overload]
        except OSError:
            self._back_off(now)
            return False
        self._wait_ms = 0
        self._refusals = 0
        self._restarts_in_vain = 0
        self._airtime_rest_us += self.airtime_us(len(message))
        self.airtime_ms += self._airtime_rest_us // 1000
        self._airtime_rest_us %= 1000
        return True

    def airtime_us(self, length: int) -> int:
        """Time on the air of a frame: 1 Mb/s, long preamble, 43 bytes around the payload."""
        return 192 + (43 + length) * 8

    def _back_off(self, now):
        self.refused += 1
        self._refusals += 1
        self._wait_ms = min(_LONGEST_WAIT_MS, 2 * self._wait_ms or _FIRST_WAIT_MS)
        self._ready_at = ticks_add(now, self._wait_ms)
        if self._refusals >= _REFUSALS_TO_RESTART:
            self._restart()

    def _restart(self):
        self._refusals = 0
        self._wait_ms = _FIRST_WAIT_MS
        self.restarts += 1
        self._restarts_in_vain += 1
        if self._restarts_in_vain > _RESTARTS_TO_WEDGED:
            self.is_wedged = True
            return
        self.stop()
        try:
            self.start()
        except (OSError, RuntimeError):
            self.is_wedged = True
