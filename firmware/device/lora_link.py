"""LoRa as a link: one channel, on which nobody speaks before it has listened.

Continuous reception.  A frame that is to be sent waits until none is being received, then for
what the region asks, then the modem looks for a preamble (channel activity detection).  A busy
channel is tried again after a random number of slots, fewer for a node that hears the others
faintly: it is likely to be far away and to reach new nodes.

The driver can hang in a transmission, which it gives no time-out, and its modem can stop to
answer.  Then the modem is reset and set up anew; when that does not help `is_wedged` asks for a
reset of the board.
Source: https://github.com/micropython/micropython-lib/tree/master/micropython/lora
"""

import random

from micropython import const

from device import clock
from skein.frame import MTU
from skein.ticks import ticks_add, ticks_diff

_LISTENING, _WAITING, _LOOKING, _SENDING = const(0), const(1), const(2), const(3)

_QUIET_DUTY = const(1000)  # in 1/10000: below, one node alone may not use its fortieth
_POLL_MS = const(50)  # where no interrupt tells that something came
_MOST_LOOKS = const(32)  # that find the channel busy; then the frame is given up
_FEWEST_SLOTS = const(4)
_SNR_SLOTS = const(12)  # more, for who hears the others well
_LEAST_SNR_DB = const(-20)
_SNR_RANGE_DB = const(30)
_MOST_DOUBLINGS = const(3)
_LOOK_SYMBOLS = const(12)  # a look takes about six
_LOOK_MS = const(50)
_LATE_MS = const(200)
_SENSE_MS = const(6)
_FIRST_WAIT_MS = const(1000)
_RESTARTS_TO_WEDGED = const(4)


class LoRaLink:
    """The one LoRa radio of a board.

    radio: its modem and what the driver lacks: an SX126xRadio or an SX127xRadio.  plan: a
    LoRaPlan.  governor: an AirtimeGovernor.
    After `receive` the frame is in `frame`, its strength in `rssi_dbm` and its signal-to-noise
    ratio in `snr_db`.
    wake: called when the radio is free again.  queue: lets only go what the governor allows.
    """

    is_slow = True

    def __init__(self, radio, plan, governor):
        self._radio = radio
        self._sense_dbm = plan.sense_dbm
        self.governor = governor
        # A fortieth of the channel is for heartbeats, and at most a quarter of what is lawful.
        self.quiet = max(1, _QUIET_DUTY // plan.duty)
        self.airtime_us = plan.airtime.of
        self.slot_us = plan.airtime.slot_us
        self._look_ms = _LOOK_SYMBOLS * plan.airtime.symbol_us // 1000 + _LOOK_MS
        self.queue = self.wake = None
        self.frame = bytearray()
        self.rssi_dbm = -128
        self.snr_db = 0
        self._out = bytearray(MTU)
        self._message = memoryview(self._out)
        self._state = _LISTENING
        self._act_at = 0  # when to look, or until when a look or a transmission should be over
        self._quiet_until = 0
        self._poll_at = 0
        self._looks = 0
        self._wait_ms = 0  # after a restart that did not help
        self._restart_at = 0
        self._restarts_in_vain = 0
        self.refused = 0
        self.restarts = 0
        self.airtime_ms = 0
        self._airtime_rest_us = 0
        self.is_wedged = False
        self.seal = None  # or a Seal, where frames are authenticated

    def start(self) -> None:
        """Switch the radio on.  Raises RuntimeError or OSError when it does not answer."""
        self._radio.start()
        self._state = _LISTENING
        self._quiet_until = self._poll_at = clock.now()

    def stop(self) -> None:
        """Switch the radio off."""
        self._radio.modem.sleep()

    def receive(self) -> bool:
        """Take one frame from the driver, if there is one; go on with what is to be sent."""
        now = clock.now()
        try:
            if self._wait_ms:
                self._try_again(now)
                return False
            if self._state <= _WAITING and self._hear(now):
                return True
            if self._state != _LISTENING and ticks_diff(now, self._act_at) >= 0:
                self._go_on(now)
            elif self._state == _LOOKING:
                self._see(now)
        except (OSError, RuntimeError, ValueError):
            self._fail(now)
        return False

    def is_ready(self, now: int) -> bool:
        """False while a frame is under way, and while the law forbids to send anything."""
        if self._state != _LISTENING or self._wait_ms:
            return False
        lowest = self.governor.lowest(now)
        if lowest >= 0 and self.queue:
            self.queue.lowest = lowest
        return lowest >= 0

    def send(self, buffer: bytearray, length: int, now: int) -> bool:
        """Take over the first `length` bytes, to be sent as soon as the channel is free."""
        message = memoryview(buffer)[:length]
        if self.seal:
            message = self.seal.write(buffer, length)
            if message is None:
                return True
        self._message = memoryview(self._out)[: len(message)]
        self._message[:] = message
        self.governor.reserve()
        self._looks = 0
        self._state = _WAITING
        self._act_at = self._quiet_until if ticks_diff(self._quiet_until, now) > 0 else now
        return True

    def _hear(self, now):
        modem = self._radio.modem
        if not modem.irq_triggered() and ticks_diff(now, self._poll_at) < 0:
            return False
        self._poll_at = ticks_add(now, _POLL_MS)
        bad = modem.crc_errors
        packet = modem.poll_recv()
        if packet is False or modem.crc_errors != bad:
            self._radio.listen()
        if packet is True or packet is False:  # the driver means them so, not as 1 and 0
            return False
        self.frame = bytearray(packet)
        if self.seal:
            self.seal.open(self.frame)
        self.snr_db = packet.snr // 4
        self.rssi_dbm = max(-128, min(-1, self._radio.strength_dbm(packet)))
        self._radio.after_packet()
        return len(packet) <= MTU

    def _go_on(self, now):
        """The instant has come that was set for the state."""
        if self._state == _SENDING:
            self._check_sent(now)
        elif self._state == _LOOKING:
            raise RuntimeError  # the modem never answered
        elif self._radio.is_receiving(now) or self._is_sensed():
            self._back_off(now)
        else:
            self._state = _LOOKING
            self._act_at = ticks_add(now, self._look_ms)
            self._radio.look()

    def _see(self, now):
        is_busy = self._radio.seen()
        if is_busy is None:
            return
        if is_busy:
            self._state = _WAITING
            self._back_off(now)
            return
        modem = self._radio.modem
        airtime_us = self.airtime_us(len(self._message))
        modem.prepare_send(self._message)
        self.governor.spend(airtime_us)
        modem.start_send()
        self._state = _SENDING
        self._act_at = ticks_add(now, airtime_us // 1000)
        self._airtime_rest_us += airtime_us
        self.airtime_ms += self._airtime_rest_us // 1000
        self._airtime_rest_us %= 1000

    def _check_sent(self, now):
        if self._radio.modem.poll_send() is True:
            if ticks_diff(now, self._act_at) > _LATE_MS:
                raise RuntimeError  # the driver would wait for ever
            return
        self._restarts_in_vain = 0
        self._quiet_until = ticks_add(now, self._window_ms())
        self._be_free()

    def _be_free(self):
        self._state = _LISTENING
        if self.wake:
            self.wake()

    def _back_off(self, now):
        self._poll_at = now  # a look ended reception, and a poll takes it up again
        self._looks += 1
        if self._looks > _MOST_LOOKS:
            self.refused += 1
            self._be_free()
        else:
            self._act_at = ticks_add(now, self._window_ms())

    def _window_ms(self):
        """A random number of slots, at least one; twice the window for each busy look."""
        above_db = max(0, min(_SNR_RANGE_DB, self.snr_db - _LEAST_SNR_DB))
        slots = _FEWEST_SLOTS + _SNR_SLOTS * above_db // _SNR_RANGE_DB
        slots <<= min(self._looks, _MOST_DOUBLINGS)
        return (1 + random.randrange(slots)) * self.slot_us // 1000

    def _is_sensed(self):
        """Whether the region forbids to speak over what is on the channel, of whatever kind."""
        if not self._sense_dbm:
            return False
        ends_at = ticks_add(clock.now(), _SENSE_MS)
        while ticks_diff(ends_at, clock.now()) > 0:
            if self._radio.noise_dbm() >= self._sense_dbm:
                return True
        return False

    def _fail(self, now):
        """The modem or its driver is stuck.  What was to be sent is lost."""
        if self._state != _LISTENING:
            self.refused += 1
        self._state = _LISTENING
        self._wait_ms = _FIRST_WAIT_MS << self._restarts_in_vain
        self._restarts_in_vain += 1
        self._restart_at = ticks_add(now, self._wait_ms if self._restarts_in_vain > 1 else 0)
        self.is_wedged = self._restarts_in_vain > _RESTARTS_TO_WEDGED

    def _try_again(self, now):
        if ticks_diff(now, self._restart_at) >= 0:
            self.restarts += 1
            self.start()
            self._wait_ms = 0
