"""What the drivers of both LoRa chips have in common; the chip itself is in _lora_chip.py."""

import time

from _lora_chip import CRC_ERROR, RX_DONE, SLEEP, STANDBY, TIMEOUT, TX_DONE, chip

_BANDWIDTHS = {
    "7.8": 7800,
    "10.4": 10400,
    "15.6": 15600,
    "20.8": 20800,
    "31.25": 31250,
    "41.7": 41700,
    "62.5": 62500,
    "125": 125000,
    "250": 250000,
    "500": 500000,
}
_IMAGE_BANDS_MHZ = ((430, 440), (470, 510), (779, 787), (863, 870), (902, 928))


class ConfigError(ValueError):
    def __init__(self, field):
        super().__init__(f"Invalid lora_cfg {field}")


class RxPacket(bytearray):
    """A packet; snr is in quarters of a dB, and valid_crc is never brought up to date."""

    def __init__(self, payload, ticks_ms=None, snr=None, rssi=None, valid_crc=True):
        super().__init__(payload)
        self.ticks_ms = ticks_ms
        self.snr = snr
        self.rssi = rssi
        self.valid_crc = valid_crc


class Modem:
    def __init__(self, kind, ant_sw, reset, irqs):
        if chip is None or chip.kind != kind:
            raise RuntimeError("Invalid initial status (0, 0).")
        self._ant_sw = ant_sw
        self._irq_callback = None
        self._sf, self._bw_hz, self._coding_rate = 7, 125000, 5
        self._crc_en, self._preamble_len = True, 12
        self._implicit_header = False
        self.crc_errors = 0
        self.rx_crc_error = False
        self._rx = False
        self._rx_continuous = False
        self._tx = False
        self._last_irq = None
        self._outgoing = b""
        if reset:
            chip.reset()
        chip.irqs = irqs
        chip.on_irq = self._radio_isr

    def standby(self):
        chip.set_mode(STANDBY)
        chip.flags = 0
        self._rx = self._tx = False
        self._switch("idle")
        self._radio_isr()

    def sleep(self, warm_start=True):
        self.standby()
        chip.set_mode(SLEEP)

    def is_idle(self):
        chip.drain()
        return chip.mode in (STANDBY, SLEEP)

    def irq_triggered(self):
        chip.drain()
        return self._last_irq is not None

    def set_irq_callback(self, callback):
        self._irq_callback = callback

    def calibrate(self):
        pass

    def calibrate_image(self):
        mhz = chip.modem[0] // 1000000
        if not any([low <= mhz <= high for low, high in _IMAGE_BANDS_MHZ]):
            raise ValueError

    def get_n_symbols_x4(self, payload_len):
        bits = 8 * payload_len + (16 if self._crc_en else 0) - 4 * self._sf + 8
        bits = max(bits + (0 if self._implicit_header else 20), 0)
        low_rate = 1 if self._symbol_us() >= 16000 else 0
        step = (self._sf - 2 * low_rate) * 4
        return 17 + 4 * (self._preamble_len + 8 + (bits + step - 1) // step * self._coding_rate)

    def get_time_on_air_us(self, payload_len):
        return self._symbol_us() * self.get_n_symbols_x4(payload_len) // 4

    def start_recv(self, timeout_ms=None, continuous=False, rx_length=0xFF):
        if continuous and timeout_ms is not None:
            raise ValueError
        self._rx = True if timeout_ms is None else time.ticks_add(time.ticks_ms(), timeout_ms)
        self._rx_continuous = continuous
        if not self._tx:
            self._switch("rx")
            chip.set_mode(STANDBY)
            chip.flags = 0
            self._last_irq = None
            chip.listen(self._hardware_ms(timeout_ms))
        return bool(chip.irqs)

    def poll_recv(self, rx_packet=None):
        if self._rx is False:
            return False
        if self._tx:
            return True
        chip.drain()
        packet = None
        flags = chip.flags
        if flags & (RX_DONE | TIMEOUT):
            chip.flags = 0
            self._last_irq = None
            is_good = not flags & (CRC_ERROR | TIMEOUT)
            if not is_good:
                self.crc_errors += 1
            if is_good or self.rx_crc_error:  # a time-out counts as a bad CRC
                packet = self._read_packet(rx_packet, flags)
                if not self._rx_continuous:
                    self._rx = False
                    chip.set_mode(STANDBY)
                    self._switch("idle")
        return packet or self._check_recv()  # an empty packet is swallowed

    def prepare_send(self, packet):
        if len(packet) > 255:
            self._refuse_long()
        chip.set_mode(STANDBY)
        chip.flags = 0
        self._switch("tx")
        self._last_irq = None
        self._outgoing = bytes(packet)

    def start_send(self):
        chip.transmit(self._outgoing)
        self._tx = True
        return bool(chip.irqs)

    def poll_send(self):
        if not self._tx:
            return False
        chip.drain()
        if not chip.flags & TX_DONE:
            return True  # for ever, if the chip never gets done
        chip.flags = 0
        ended_ms = self._last_irq or time.ticks_ms()
        self._last_irq = None
        self._tx = False
        self._switch("idle")
        self._check_recv()
        return ended_ms

    def _hardware_ms(self, timeout_ms):
        return timeout_ms

    def _check_recv(self):
        if not self._rx:
            return False
        if not self.is_idle():
            return True
        until, timeout_ms = self._rx, None
        if isinstance(until, int):
            timeout_ms = time.ticks_diff(until, time.ticks_ms())
            if timeout_ms <= 0:
                self._rx = False
                self._switch("idle")
                return False
        self.start_recv(timeout_ms, self._rx_continuous)
        self._rx = until
        return True

    def _read_packet(self, rx_packet, flags):
        content = chip.packet
        if rx_packet is None or len(rx_packet) != len(content):
            rx_packet = RxPacket(content)
        else:
            rx_packet[:] = content
        rx_packet.ticks_ms = time.ticks_ms()
        rx_packet.snr = chip.snr_x4
        rx_packet.rssi = self._told_dbm(chip.rssi_dbm, chip.snr_x4)
        rx_packet.crc_error = bool(flags & CRC_ERROR)
        return rx_packet

    def _told_dbm(self, rssi_dbm, _snr_x4):
        return rssi_dbm

    def _radio_isr(self):
        self._last_irq = time.ticks_ms()
        if self._irq_callback:
            self._irq_callback()

    def _switch(self, way):
        if self._ant_sw:
            getattr(self._ant_sw, way)(*((True,) if way == "tx" else ()))

    def _symbol_us(self):
        return 1000000 * (1 << self._sf) // self._bw_hz

    def _configure_common(self, cfg):
        if self._rx is not False:
            raise RuntimeError("Receiving")
        modem = chip.modem
        if "freq_khz" in cfg:
            modem[0] = int(cfg["freq_khz"] * 1000)
        if "bw" in cfg:
            self._bw_hz = modem[1] = _BANDWIDTHS[str(cfg["bw"])]  # a float has no such name
        if "sf" in cfg:
            if not 6 <= cfg["sf"] <= 12:
                raise ConfigError("sf")
            self._sf = modem[2] = cfg["sf"]
        if "coding_rate" in cfg:
            if not 5 <= cfg["coding_rate"] <= 8:
                raise ConfigError("coding_rate")
            self._coding_rate = modem[3] = cfg["coding_rate"]
        if "syncword" in cfg:
            modem[5] = cfg["syncword"] & 0xFF
