"""The book of one run: what was sent, what arrived when, what was lost to what."""

from collections import Counter

from tools.simulator.frame import PRIORITY_NAMES, Message


class Ledger:
    """Counts while the run goes on; `report` draws the conclusions.

    recorder: has `write(at_us, event, **facts)`; None when nothing is recorded.
    """

    def __init__(self, engine, nodes: int, recorder=None):
        self.engine = engine
        self.transmissions = 0
        self.airtime_us = 0
        self.overhead_airtime_us = 0
        self.receptions = 0
        self.lost: Counter[str] = Counter()
        self.sent_by = [0] * nodes
        self.delivered_at_us: dict[int, dict[int, int]] = {}
        self.airtime_by_second_us: Counter[int] = Counter()
        self.follows: list[tuple[int, int, int | None]] = []
        self._recorder = recorder

    def born(self, message: Message) -> None:
        """A message is handed to its source."""
        self._record(
            "born",
            node=message.source,
            message=message.number,
            priority=PRIORITY_NAMES[message.priority],
            topic=message.topic,
        )

    def delivered(self, message: Message, node: int) -> bool:
        """A node knows a message; True when it is the first time and it is not its own."""
        known = self.delivered_at_us.setdefault(message.number, {})
        if node in known or node == message.source:
            return False
        known[node] = self.engine.now_us
        self._record("delivered", node=node, message=message.number)
        return True

    def transmitted(self, transmission) -> None:
        """Called by the air when a frame begins; those of an attacker are not in the book."""
        message = transmission.frame.message
        if not transmission.is_foreign:
            self._enter(transmission, message)
        if self._recorder is not None:
            self._record(
                "send",
                node=transmission.sender,
                message=None if message is None else message.number,
                airtime_us=transmission.end_us - transmission.start_us,
                length=transmission.frame.length_bytes,
                **({"is_foreign": True} if transmission.is_foreign else {}),
            )

    def received(self, transmission, reception) -> None:
        """Called by the air when a decodable frame is over at a receiver."""
        fault = reception.fault
        if fault != "sending":
            self.receptions += 1
        if fault is not None:
            self.lost[fault] += 1
        if self._recorder is not None:
            why = {} if fault is None else {"why": fault}
            self._record(
                "missed" if why else "heard",
                node=reception.receiver,
                sender=transmission.sender,
                rssi_dbm=round(reception.rssi_dbm, 1),
                **why,
            )

    def follow(self, node: int, leader: int | None) -> None:
        """A node now follows this leader, or nobody; stations that elect call this."""
        self.follows.append((self.engine.now_us, node, leader))
        self._record("leader", node=node, leader=leader)

    def switched_off(self, node: int) -> None:
        """A node lost power, and with it the leader it followed, if it did."""
        if any(node == follower for _, follower, _ in self.follows):
            self.follows.append((self.engine.now_us, node, None))
        self._record("off", node=node)

    def switched_on(self, node: int) -> None:
        """A node has power again; not called when the run begins."""
        self._record("on", node=node)

    def struck(self, fault: dict) -> None:
        """A fault of a scenario begins or ends."""
        self._record("fault", **fault)

    def _enter(self, transmission, message):
        airtime_us = transmission.end_us - transmission.start_us
        if message is None:
            self.overhead_airtime_us += airtime_us
        else:
            self.transmissions += 1
            self.airtime_us += airtime_us
            self.sent_by[transmission.sender] += 1
        self.airtime_by_second_us[transmission.start_us // 1_000_000] += airtime_us

    def _record(self, event, **facts):
        if self._recorder is not None:
            self._recorder.write(self.engine.now_us, event, **facts)
