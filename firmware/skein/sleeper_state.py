"""What a sleeper keeps through a deep sleep, as bytes: its keeper, its number, what waits."""

from micropython import const

from skein import event as e
from skein import frame as f
from skein.ids import ID_MAX

_KEEPER = const(0)
_SEQUENCE = const(4)
_EPOCH = const(6)
_MISSES = const(7)
_NEWEST = const(8)
_RECENT = const(9)


def write(sleeper, most_bytes: int, now: int) -> bytearray:
    """At most so many bytes; the events that wait to be sent stand last, the most urgent first."""
    head = _RECENT + len(sleeper.recent)
    data = bytearray(head)
    f.put_id(data, _KEEPER, sleeper.keeper)
    f.put_u16(data, _SEQUENCE, sleeper.sequence)
    data[_EPOCH] = sleeper.epoch
    data[_MISSES] = sleeper.misses
    data[_NEWEST] = sleeper.newest
    data[_RECENT:head] = sleeper.recent
    queue = sleeper.queue
    for priority in range(4):
        for slot in range(queue.capacity):
            length = queue.lengths[slot]
            if queue.priorities[slot] == priority and len(data) + 1 + length <= most_bytes:
                life_ms = queue.life_ms(slot, now)
                if life_ms >= 0:
                    f.put_u16(queue.slots[slot], f.LIFE_S, (life_ms + 999) // 1000)
                data.append(length)
                data.extend(memoryview(queue.slots[slot])[:length])
    return data


def read(sleeper, data, slept_ms: int, now: int) -> None:
    """Go on from what `write` gave.  slept_ms: since then."""
    head = _RECENT + len(sleeper.recent)
    sleeper.keeper = f.get_id(data, _KEEPER) & ID_MAX
    sleeper.sequence = f.get_u16(data, _SEQUENCE)
    sleeper.epoch = data[_EPOCH]
    sleeper.misses = data[_MISSES]
    sleeper.newest = data[_NEWEST]
    sleeper.recent[:] = data[_RECENT:head]
    at = head
    while at < len(data):
        frame = bytearray(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
        life_s = f.get_u16(frame, f.LIFE_S)
        if life_s != f.LIFE_FOREVER:
            life_s -= (slept_ms + 999) // 1000
            f.put_u16(frame, f.LIFE_S, max(0, life_s))
        if life_s > 0:
            e.put(sleeper.queue, frame, len(frame), now)
