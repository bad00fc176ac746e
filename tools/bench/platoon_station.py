"""A node of the platoon: what it emits, and a tally of what crosses each tier."""

from collections import Counter
from dataclasses import dataclass

from skein import event as e
from skein import frame as f
from skein.ids import topic_id
from skein.interest_table import HIGH
from skein.role import LEADER
from skein.summary import count_of
from skein.turns import NORMAL
from tools.simulator.frame import Frame, Message
from tools.simulator.mac import EspNowMac
from tools.simulator.skein_station import SkeinStation

CELL_NODES = 8
DETECTIONS_A_SECOND = 10
PAYLOAD_BYTES = 8
SUMMARY_MS = 1000
WARM_UP_S = 150  # leaders are elected, and all wishes known

DETECTION = "product.detection"
_ANOMALY = "all"  # the simulator's name for what its messages are about
_TELEMETRY = "telemetry.state"
_US = 1_000_000
_TABLES = {"neighbours": 48, "origins": 64, "interests": 64, "queue_slots": 32}


@dataclass(frozen=True)
class Case:
    """tier_ms: of the windows at leaders; 0 for no summaries: each detection goes to the top."""

    tier_ms: int
    loss_percent: int
    seconds: int


class Tally:
    """What the nodes emitted and transmitted from the end of the warm-up on."""

    def __init__(self):
        self.frames: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self.is_on = False
        self.emitted: Counter[str] = Counter()
        self.counted = 0
        self.published = 0
        self.seen_at_top = 0
        self.met: Counter[bytes] = Counter()

    def transmitted(self, what: str, length: float, frames: float = 1) -> None:
        if self.is_on:
            self.frames[what] += frames
            self.bytes[what] += length


class PlatoonStation(SkeinStation):
    """A node that emits what the platoon's nodes do."""

    def __init__(self, number: int, run, case: Case, tally: Tally):
        settings = {**_TABLES, "cell": 1 + number // CELL_NODES}
        if case.tier_ms:
            settings.update(summary_ms=SUMMARY_MS, tier_ms=case.tier_ms)
        super().__init__(number, run, EspNowMac(number, run, capacity=1), settings)
        self._tally = tally
        propagation = e.SUMMARY if case.tier_ms else e.FULL
        self._policy = e.policy(NORMAL, propagation, e.PRODUCT)
        self._ends_us = (WARM_UP_S + case.seconds) * _US
        self._dice = run.dice.stream(f"platoon {number}")
        if case.tier_ms:
            self._watch(self.node.diffusion.summaries)

    def start(self) -> None:
        super().start()
        begin_us = WARM_UP_S * _US - self.engine.now_us
        for gap_us, act in ((_US // DETECTIONS_A_SECOND, self._detect), (_US, self._measure)):
            self.after(begin_us + self._dice.randrange(gap_us), self._again, gap_us, act)

    def originate(self, message: Message) -> None:
        payload = message.number.to_bytes(4, "little") + bytes(PAYLOAD_BYTES - 4)
        self._emit(_ANOMALY, payload, e.ANOMALY_POLICY)

    def sent(self, frame: Frame) -> None:
        self._note(frame.content)
        super().sent(frame)

    def is_head(self) -> bool:
        return self.node.election.role == LEADER

    def is_top(self) -> bool:
        return self.is_head() and self.node.cell.tiers.formation.role == LEADER

    def want(self) -> None:
        self.node.diffusion.wishes.want(DETECTION, HIGH)
        self.node.diffusion.declare_soon(self._now())

    def _again(self, gap_us, act):
        if self.engine.now_us < self._ends_us:
            act()
            self.after(gap_us, self._again, gap_us, act)

    def _detect(self):
        self._emit(DETECTION, bytes(PAYLOAD_BYTES), self._policy)

    def _measure(self):
        self._emit(_TELEMETRY, bytes(PAYLOAD_BYTES), e.TELEMETRY_POLICY)

    def _emit(self, topic, payload, policy):
        life_s = e.ANOMALY_LIFE_S
        is_taken = self.node.diffusion.emit(topic, payload, policy, life_s, self._now())
        self._tally.emitted[topic if is_taken else "refused " + topic] += 1
        self._turn()

    def _deliver(self) -> None:
        event = self.node.next_event()
        while event:
            if event.topic == DETECTION:
                self._tally.seen_at_top += 1
            else:
                message = self._message_of(event.payload)
                if message is not None:
                    self.run.ledger.delivered(message, self.number)
            event = self.node.next_event()

    def _watch(self, summaries):
        """Note every report that is merged anywhere, and every summary told at the top."""
        read_rows, publish = summaries._read_rows, summaries._publish

        def read(frame, *arguments):
            self._tally.met[bytes(frame[f.ORIGIN : f.HEADER_LEN])] += 1
            read_rows(frame, *arguments)

        def tell(windows, at, now):
            count = count_of(windows.rows[at], 0)
            is_told = publish(windows, at, now)
            if is_told:
                self._tally.counted += count
                self._tally.published += 1
            return is_told

        summaries._read_rows, summaries._publish = read, tell

    def _note(self, content):
        kind, length, tally = f.kind_of(content), len(content), self._tally
        if kind == f.CARRIED:
            tally.transmitted(self._tier_of(content, f.ORIGIN), length)
        elif kind == f.RECEIPT:
            rows = range(15, length, 7)
            for at in rows:
                tier = self._tier_of(content, at)
                tally.transmitted("receipts " + tier, length / len(rows), 1 / len(rows))
        elif kind == f.EVENT:
            topic = f.get_id(content, f.TOPIC)
            names = {topic_id(name): name for name in (DETECTION, _ANOMALY, _TELEMETRY)}
            tally.transmitted(names[topic], length)
        else:
            tally.transmitted("beacons" if kind == f.BEACON else "declarations", length)

    def _tier_of(self, content, origin_at):
        """Whether a report goes from a cell's leader to the top, or within a cell."""
        origin = f.get_id(content, origin_at)
        heads = {each.node.id for each in self.run.stations if each.is_head()}
        return "to the top" if origin in heads else "in the cells"
