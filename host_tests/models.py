"""The tables of the protocol once more, as plain dicts that need neither ring nor row.

Each `play_...` makes a table and its model, lets `dice` (an object with randrange) choose what
happens to both, and asserts after every step that they agree.  Time in a model is an integer
that never wraps; the table sees it on the ring, from `start` on.
Portable: plain Python that runs on CPython and on MicroPython alike.
"""

from skein.ids import NOBODY
from skein.interest_table import InterestTable
from skein.neighbours import Neighbours
from skein.seen_table import DUPLICATE, NEW, STALE, WINDOW, SeenTable
from skein.ticks import ticks_add

LIFETIME_MS = 1000


class Clock:
    """Time as the models see it (`at`, from 0) and as the tables do (`now`)."""

    def __init__(self, dice, start):
        self._dice = dice
        self._start = start
        self.at = 0
        self.now = start

    def go_on(self):
        self.at += 1 + self._dice.randrange((5, 40, 400)[self._dice.randrange(3)])
        self.now = ticks_add(self._start, self.at)

    def ring(self, at):
        return ticks_add(self._start, at)


def play_seen_table(dice, start, steps, capacity=3):
    table = SeenTable(capacity, LIFETIME_MS)
    model = {}  # origin: [epoch, newest, numbers met, time of the last new one]
    left = Left(capacity)
    clock = Clock(dice, start)
    evicted = 0
    table.expire(clock.now)  # the one in whose course the hours begin
    left.next = 1
    for _ in range(steps):
        clock.go_on()
        origin = 1 + dice.randrange(2 * capacity + 1)
        epoch, sequence = _next_message(dice, model.get(origin) or left.known(origin))
        if left.refuses(origin, epoch, sequence):
            expected = STALE
        else:
            back = left.take(origin)
            if origin not in model and len(model) == capacity:
                quietest = min(model, key=lambda known: model[known][3])
                left.add(quietest, model)
                evicted += 1
            if back:
                met = {(back[1] - distance) % 65536 for distance in range(WINDOW)}
                model[origin] = [back[0], back[1], met, 0]
            expected = _meet(model, origin, epoch, sequence, clock.at)
        assert table.meet(origin, epoch, sequence, clock.now) == expected
        if dice.randrange(4) == 0:
            old = [o for o in table._origins if o and clock.at - model[o][3] >= LIFETIME_MS]
            assert table.expire(clock.now) == len(old)
            for origin in old:
                left.add(origin, model)
        assert (len(table), table.evicted) == (len(model), evicted)


class Left:
    """The origins that lost their row: a ring of places, each None or [origin, epoch, newest]."""

    def __init__(self, capacity):
        self.places = [None] * capacity
        self.next = 0

    def known(self, origin):
        for place in self.places:
            if place and place[0] == origin:
                return place[1:]
        return None

    def add(self, origin, model):
        epoch, newest = model.pop(origin)[:2]
        self.places[self.next] = [origin, epoch, newest]
        self.next = (self.next + 1) % len(self.places)

    def refuses(self, origin, epoch, sequence):
        known = self.known(origin)
        if known is None or 0 < (epoch - known[0]) % 256 < 128:
            return False
        return epoch != known[0] or not 0 < (sequence - known[1]) % 65536 < 32768

    def take(self, origin):
        known = self.known(origin)
        self.places = [None if p and p[0] == origin else p for p in self.places]
        return known


def _next_message(dice, known):
    """Near the newest one mostly, sometimes far away, sometimes from another boot."""
    epoch, newest = (known[0], known[1]) if known else (dice.randrange(256), dice.randrange(65536))
    if dice.randrange(30) == 0:
        epoch = (epoch + (1, 127, 128, 255)[dice.randrange(4)]) & 0xFF
    reach = (4, 2 * WINDOW + 4, 65536)[dice.randrange(3)]
    return epoch, (newest + dice.randrange(reach) - reach // 2 + 1) & 0xFFFF


def _meet(model, origin, epoch, sequence, at):
    known = model.get(origin)
    if known is None or 0 < (epoch - known[0]) % 256 < 128:
        model[origin] = [epoch, sequence, {sequence}, at]
        return NEW
    ahead = (sequence - known[1]) % 65536
    if epoch != known[0] or WINDOW <= 65536 - ahead <= 32768:
        return STALE
    if sequence in known[2]:
        return DUPLICATE
    if ahead < 32768:
        known[1] = sequence
        known[2] = {number for number in known[2] if (sequence - number) % 65536 < WINDOW}
    known[2].add(sequence)
    known[3] = at
    return NEW


def play_neighbours(dice, start, steps, capacity=3):
    table = Neighbours(capacity, LIFETIME_MS)
    model = {}  # node: [row, strength, time of its last frame]
    clock = Clock(dice, start)
    refused = 0
    for _ in range(steps):
        clock.go_on()
        if dice.randrange(3) == 0:
            old = [n for n in model if clock.at - model[n][2] >= LIFETIME_MS]
            assert table.expire(clock.now) == len(old)
            for node in old:
                del model[node]
        node, heard = 1 + dice.randrange(capacity + 2), -1 - dice.randrange(128)
        if node not in model:
            refused += _admit(table, model, node, clock)
        if node in model:
            row, known, _ = model[node]
            table.hear(row, heard, clock.now)
            model[node] = [row, known + (heard - known) // 4 if known else heard, clock.at]
        assert (table.count, table.refused) == (len(model), refused)
        for node in range(1, capacity + 3):
            row = table.find(node)
            assert row == (model[node][0] if node in model else -1)
            assert row < 0 or table.rssi_dbm[row] == model[node][1]
        assert sum(1 for node in table.ids if node) == len(model)


def _admit(table, model, node, clock):
    """Let the table admit a newcomer; 1 if it had to refuse."""
    stalest = min(model, key=lambda known: model[known][2]) if model else None
    is_full = len(model) == len(table.ids)
    row = table.admit(node, clock.now)
    if is_full and (clock.at - model[stalest][2]) * 2 < table.lifetime_ms:
        assert row == -1
        return 1
    if is_full:
        assert row == model[stalest][0]
        del model[stalest]
    assert row not in [known[0] for known in model.values()]
    assert (table.rssi_dbm[row], table.scores[row], table.leaders[row]) == (0, 0, NOBODY)
    table.scores[row], table.leaders[row] = 200, node
    model[node] = [row, 0, clock.at]
    return 0


def play_interest_table(dice, start, steps, capacity=5):
    table = InterestTable(capacity, LIFETIME_MS)
    model = {}  # (topic, node): (level, end)
    clock = Clock(dice, start)
    short_until = 0
    for _ in range(steps):
        clock.go_on()
        node = 1 + dice.randrange(3)
        rows = {1 + dice.randrange(4): 1 + dice.randrange(4) for _ in range(dice.randrange(4))}
        for topic, level in rows.items():
            if not _put(table, model, (topic, node), level, clock):
                short_until = clock.at + LIFETIME_MS
        table.forget_all_but_renewed(node, clock.now)
        for topic, of_node in list(model):
            if of_node == node and topic not in rows:
                del model[topic, of_node]
        if dice.randrange(3) == 0:
            old = [key for key in model if clock.at >= model[key][1]]
            assert table.expire(clock.now) == len(old)
            for key in old:
                del model[key]
            assert table.is_complete() == (clock.at >= short_until)
        assert _rows(table) == model_rows(model)
        for topic in range(1, 5):
            others = [key for key in model if key[0] == topic and key[1] != node]
            assert table.is_wanted(topic, node) == bool(others)


def _put(table, model, key, level, clock):
    """Put one row; False if the table lost this one or another over it."""
    before = table.evicted
    is_kept = table.put(key[0], key[1], level, clock.now)
    if key in model or len(model) < len(table.nodes):
        assert is_kept and table.evicted == before
        model[key] = (level, clock.at + LIFETIME_MS)
        return True
    lowest = min(model.values())
    assert is_kept == (lowest[0] < level)
    if is_kept:
        assert table.evicted == before + 1
        gone = [known for known in model if known not in _rows(table)]
        assert [model[known] for known in gone] == [lowest]
        del model[gone[0]]
        model[key] = (level, clock.at + LIFETIME_MS)
    return False


def _rows(table):
    rows = {}
    for row, node in enumerate(table.nodes):
        if node:
            assert (table.topics[row], node) not in rows
            rows[table.topics[row], node] = table.levels[row]
    return rows


def model_rows(model):
    return {key: level for key, (level, _) in model.items()}
