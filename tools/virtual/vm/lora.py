"""`lora` as micropython-lib has it (lora 0.2.0, lora-async and lora-sync 0.1.1, lora-sx126x 0.1.6,
lora-sx127x 0.1.2), with its documented calls and with its mistakes.

Which mistakes: tests in host_tests/test_virtual_lora_mistakes.py, a sentence each.  Written from
its README and from what it does; no code is taken from it.
"""

import asyncio
import time

from _lora_chip import RX_DONE, TX_DONE, chip
from _lora_modem import ConfigError, Modem, RxPacket  # noqa: F401 - also for programs
from micropython import const

_TIMEOUT_STEPS = const(64)  # a millisecond, of a field of 24 bits
_TIMEOUT_FIELD = const(1 << 24)
_LOUDEST_OF_20_DBM = const(10)


class _SX1262(Modem):
    def __init__(  # noqa: PLR0913, PLR0917 - as documented
        self,
        spi,
        cs,
        busy,
        dio1=None,
        dio2_rf_sw=True,
        dio3_tcxo_millivolts=None,
        dio3_tcxo_start_time_us=1000,
        reset=None,
        lora_cfg=None,
        ant_sw=None,
    ):
        # Without DIO1 the chip is never told to report anything.
        super().__init__("sx1262", ant_sw, reset, RX_DONE | TX_DONE if dio1 else 0)
        if dio3_tcxo_millivolts and not 1600 <= dio3_tcxo_millivolts <= 3300:
            raise ValueError("dio3_tcxo_millivolts out of range")
        if not dio3_tcxo_millivolts or dio3_tcxo_millivolts < 1700:
            raise RuntimeError("Internal radio Status (2, 0) OpError 0x20")
        chip.modem[6] = 1
        if lora_cfg:
            self.configure(lora_cfg)

    def configure(self, lora_cfg):
        if "tx_ant" in lora_cfg:
            raise ConfigError("tx_ant")
        self._configure_common(lora_cfg)
        if "preamble_len" in lora_cfg:
            self._preamble_len = lora_cfg["preamble_len"]
        chip.modem[4] = self._preamble_len  # written with each packet, as is the CRC
        if "output_power" in lora_cfg:
            chip.power_dbm = min(max(-9, int(lora_cfg["output_power"])), 22)

    def _hardware_ms(self, timeout_ms):
        if timeout_ms is None:
            return None
        return timeout_ms * _TIMEOUT_STEPS % _TIMEOUT_FIELD // _TIMEOUT_STEPS

    def poll_recv(self, rx_packet=None):
        if not chip.irqs:
            chip.drain()
            chip.flags = 0
        return super().poll_recv(rx_packet)

    def _refuse_long(self):
        raise ConfigError("packet too long")


class _SX1276(Modem):
    def __init__(  # noqa: PLR0913, PLR0917 - as documented
        self, spi, cs, dio0=None, dio1=None, reset=None, lora_cfg=None, ant_sw=None
    ):
        super().__init__("sx1276", ant_sw, reset, RX_DONE | TX_DONE if dio0 else 0)
        self._pa_boost = False
        if lora_cfg:
            self.configure(lora_cfg)

    def configure(self, lora_cfg):
        self._configure_common(lora_cfg)
        if "tx_ant" in lora_cfg:
            self._pa_boost = lora_cfg["tx_ant"].upper() == "PA_BOOST"
        if "output_power" in lora_cfg:
            dbm = int(lora_cfg["output_power"])
            if not self._pa_boost:
                chip.power_dbm = min(max(-4, dbm), 15)
            elif dbm >= 20:
                chip.power_dbm = _LOUDEST_OF_20_DBM
            else:
                chip.power_dbm = min(max(2, dbm), 17)
        if "rx_boost" in lora_cfg:
            lora_cfg["lna_boost_hf"]
        if "crc_en" in lora_cfg:  # else the driver believes in one, and the chip has none
            self._crc_en = lora_cfg["crc_en"]
            chip.modem[6] = int(self._crc_en)
        if "preamble_len" in lora_cfg:  # the same
            self._preamble_len = lora_cfg["preamble_len"]
            chip.modem[4] = self._preamble_len

    def _told_dbm(self, rssi_dbm, snr_x4):
        louder_db = -min(0, snr_x4 // 4)  # below the noise it tells the noise
        if chip.modem[0] < 525000000 and self._pa_boost:
            louder_db += 7
        return rssi_dbm + louder_db

    def _refuse_long(self):
        raise ValueError


class _Sync:
    def send(self, packet, tx_at_ms=None):
        self.prepare_send(packet)
        self.start_send()
        while True:
            done = self.poll_send()
            if done is not True:
                return done
            time.sleep_ms(1)

    def recv(self, timeout_ms=None, rx_length=0xFF, rx_packet=None):
        self.start_recv(timeout_ms, False, rx_length)
        while True:
            packet = self.poll_recv(rx_packet)
            if packet is not True:
                return packet or None
            time.sleep_ms(1)


class _Async:
    async def send(self, packet, tx_at_ms=None):
        self.prepare_send(packet)
        self.start_send()
        while True:
            done = self.poll_send()
            if done is not True:
                return done
            await asyncio.sleep_ms(10)

    async def recv(self, timeout_ms=None, rx_length=0xFF, rx_packet=None):
        self.start_recv(timeout_ms, False, rx_length)
        return await self._recv(rx_packet)

    def recv_continuous(self, rx_length=0xFF, rx_packet=None):
        self.start_recv(None, True, rx_length)
        return _Receiver(self, rx_packet)

    async def _recv(self, rx_packet):
        while True:
            packet = self.poll_recv(rx_packet)
            if packet is not True:
                return packet or None
            await asyncio.sleep_ms(10)


class _Receiver:
    def __init__(self, modem, rx_packet):
        self._modem = modem
        self._rx_packet = rx_packet

    def __aiter__(self):
        return self

    async def __anext__(self):
        packet = await self._modem._recv(self._rx_packet)
        if not packet:
            raise StopAsyncIteration
        return packet


class SX1262(_SX1262, _Sync):
    pass


class AsyncSX1262(_SX1262, _Async):
    pass


class SX1276(_SX1276, _Sync):
    pass


class AsyncSX1276(_SX1276, _Async):
    pass


SX1261, AsyncSX1261 = SX1262, AsyncSX1262
SX1277 = SX1278 = SX1279 = SX1276
AsyncSX1277 = AsyncSX1278 = AsyncSX1279 = AsyncSX1276
