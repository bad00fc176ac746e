"""The link of a board that must not transmit yet, such as a LoRa radio without a region."""


class SilentLink:
    """It hears nothing, says nothing and leaves the radio off; the console goes on."""

    is_slow = False
    is_wedged = False
    slot_us = 1000
    frame = b""
    rssi_dbm = -128
    refused = restarts = airtime_ms = 0

    def start(self) -> None:
        """Leave the radio as it is."""

    stop = start

    def receive(self) -> bool:
        return False

    def is_ready(self, _now: int) -> bool:
        return False

    def airtime_us(self, _length: int) -> int:
        return 1000
