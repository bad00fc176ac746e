"""A LoRa link between a node's queue and a radio that does what it is told."""

from device import clock
from device.airtime_governor import AirtimeGovernor
from device.lora_link import LoRaLink
from device.lora_plan import plan
from skein.frame import MTU
from skein.ticks import ticks_add


class FakeLedger:
    term = 0
    is_writable = True

    def save(self, term):
        self.term = term


class FakePacket(bytearray):
    snr = -30  # quarters of a dB
    rssi = -101


class FakeModem:
    """What the driver answers.  incoming: packets; is_stuck: a transmission that never ends."""

    def __init__(self):
        self.incoming = []
        self.crc_errors = 0
        self.is_listening = True
        self.is_stuck = False
        self.is_dead = False
        self.sent = []

    def irq_triggered(self):
        return bool(self.incoming) or not self.is_listening

    def poll_recv(self):
        if self.is_dead:
            raise RuntimeError("BUSY timeout")
        if self.incoming:
            return self.incoming.pop(0)
        return self.is_listening

    def prepare_send(self, message):
        self.message = bytes(message)

    def start_send(self):
        self.sent.append(self.message)

    def poll_send(self):
        return True if self.is_stuck else 12345


class FakeRadio:
    """busy_looks: how many looks find somebody.  noise: on the channel, in dBm."""

    def __init__(self):
        self.modem = FakeModem()
        self.starts = 0
        self.listens = 0
        self.looks = 0
        self.busy_looks = 0
        self.is_coming = False
        self.is_silent = False
        self.noise = -120

    def start(self):
        self.starts += 1

    def listen(self):
        self.listens += 1
        self.modem.is_listening = True

    def after_packet(self):
        pass

    def strength_dbm(self, packet):
        return packet.rssi

    def is_receiving(self, now):
        return self.is_coming

    def look(self):
        self.looks += 1

    def seen(self):
        return None if self.is_silent else self.looks <= self.busy_looks

    def noise_dbm(self):
        clock.now_ms = ticks_add(clock.now_ms, 1)
        return self.noise


class Bench:
    """A link, its radio, and a clock that a test moves."""

    def __init__(self, region="EU868"):
        found, _ = plan("lora:SHORT_FAST", region, "skein")
        self.radio = FakeRadio()
        clock.now_ms = 0
        clock.now = lambda: clock.now_ms
        governor = AirtimeGovernor(found.duty, found.airtime.of(MTU), FakeLedger(), 0)
        self.link = LoRaLink(self.radio, found, governor)
        self.link.start()
        self.woken = 0
        self.link.wake = self.wake

    def wake(self):
        self.woken += 1

    def run(self, ms, step_ms=5):
        """How many frames arrived meanwhile."""
        heard = 0
        for _ in range(0, ms, step_ms):
            clock.now_ms = ticks_add(clock.now_ms, step_ms)
            heard += self.link.receive()
        return heard

    def send(self, text=b"hello"):
        assert self.link.is_ready(clock.now_ms)
        assert self.link.send(bytearray(text), len(text), clock.now_ms)

    @property
    def sent(self):
        return self.radio.modem.sent
