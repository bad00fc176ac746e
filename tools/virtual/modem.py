"""What a LoRa chip is set to, who hears it by that, and how long its frames last."""

from dataclasses import dataclass

from tools.simulator.lora import Preset, airtime_us


@dataclass(frozen=True)
class Modem:
    """What a chip is set to."""

    frequency_hz: int
    bandwidth_hz: int
    spreading_factor: int
    coding_rate: int
    preamble_symbols: int
    sync_word: int
    has_crc: int

    @property
    def is_real(self) -> bool:
        """Whether any chip can be set to this; what other programs send here may say anything."""
        is_possible = 5 <= self.spreading_factor <= 12 and 5 <= self.coding_rate <= 8
        return is_possible and 7_000 <= self.bandwidth_hz <= 1_700_000

    @property
    def symbol_s(self) -> float:
        return 2**self.spreading_factor / self.bandwidth_hz

    def is_alike(self, other: "Modem") -> bool:
        """Whether one is heard by the other at all."""
        return (self.frequency_hz, self.bandwidth_hz, self.spreading_factor) == (
            other.frequency_hz,
            other.bandwidth_hz,
            other.spreading_factor,
        )

    def airtime_s(self, message_bytes: int) -> float:
        preset = Preset("", self.bandwidth_hz, self.spreading_factor, self.coding_rate - 4)
        return airtime_us(message_bytes, preset, self.preamble_symbols) / 1e6
