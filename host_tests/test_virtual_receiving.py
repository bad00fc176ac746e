"""How frames come in on a virtual board: the ring, the buffers, waiting, what it allocates."""

from bare_boards import (
    fleet_of,
    give_the_word,
    heard,
    needs_micropython,
    start_together,
)

pytestmark = needs_micropython


def test_the_ring_drops_and_counts_what_does_not_fit():
    """The chip keeps 14 bytes with each frame, and asks for more room than that.

    After two frames of 250 bytes, 264 bytes are free: not enough for a third.
    """
    app = """
now = radio(rxbuf=3 * 264 + 1)
start_together()
if ME == 0:
    for _ in range(4):
        now.send(ALL, bytes(250), False)
    now.send(ALL, b"small")
    tell("sent")
else:
    wait_for_word()
    lengths = []
    while now.any():
        lengths.append(len(now.recv(0)[1]))
    tell(lengths, now.stats()[3:])
"""
    with fleet_of(2, app) as fleet:
        start_together(fleet)
        assert heard(fleet) == [[0, "sent"]]
        give_the_word(fleet.boards[1])
        assert heard(fleet) == [[1, [250, 250, 5], [3, 2]]]


def test_recvinto_makes_the_buffer_as_long_as_the_frame_and_back():
    app = """
now = radio()
start_together()
if ME == 0:
    for n in (3, 250, 1):
        now.send(ALL, bytes(n), False)
else:
    kept = bytearray(250)
    buffers = [None, kept]
    lengths = []
    for _ in range(3):
        lengths.append([now.recvinto(buffers, 2000), len(buffers[1]), buffers[1] is kept])
    lengths.append(error_of(now.recvinto, [None, bytearray(249)], 0))
    lengths.append(error_of(now.recvinto, [None], 0))
    tell(*lengths)
"""
    with fleet_of(2, app) as fleet:
        start_together(fleet)
        report = heard(fleet)[0]
    assert report[1:4] == [[3, 3, True], [250, 250, True], [1, 1, True]]
    assert report[4] == ["ValueError", "invalid buffer length"]
    assert report[5][0] == "ValueError"


def test_sending_and_receiving_allocate_nothing():
    app = """
import micropython
now = radio()
out, buffers, done = memoryview(bytearray(200)), [None, bytearray(250), 0, 0], [0, 0]

def turn():
    if now.any():
        done[0] += now.recvinto(buffers, 0)
    if done[1] < 20:
        now.send(ALL, out, False)
        done[1] += 1

start_together()
now.send(ALL, out, False)
now.recvinto(buffers, 2000)  # the first frame of a sender adds it to peers_table
micropython.heap_lock()
try:
    for _ in range(50):
        turn()
        time.sleep_ms(10)
finally:
    micropython.heap_unlock()
tell(*done)
"""
    with fleet_of(2, app) as fleet:
        start_together(fleet)
        for report in heard(fleet, 2):
            assert report[1] >= 15 * 200
            assert report[2] == 20


def test_irecv_hands_out_one_shared_buffer_and_recv_copies():
    app = """
now = radio()
start_together()
if ME == 0:
    for text in (b"one", b"two", b"three"):
        now.send(ALL, text, False)
else:
    first = now.irecv(2000)
    kept = bytes(first[1])
    second = now.irecv(2000)
    again = bytes(second[1])
    copied = now.recv(2000)
    seen = [[mac.hex(), -128 < rssi < 0] for mac, (rssi, _) in now.peers_table.items()]
    tell(first is second, kept.decode(), again.decode(), type(copied[1]).__name__,
         copied[1].decode(), now.recv(0), now.irecv(0), seen)
"""
    with fleet_of(2, app) as fleet:
        start_together(fleet)
        report = heard(fleet)[0][1:]
        seen = [[fleet.boards[0].mac.hex(), True]]
    nothing = [None, None]
    assert report == [True, "one", "two", "bytes", "three", nothing, nothing, seen]


def test_a_poll_wakes_for_frames_that_arrive_and_for_those_still_in_the_ring():
    app = """
import select
now = radio()
poll = select.poll()
poll.register(now, select.POLLIN)
waited = len(poll.poll(0))
start_together()
if ME == 0:
    for n in range(3):
        now.send(ALL, bytes(n + 1), False)
else:
    lengths = []
    while len(lengths) < 3 and poll.poll(2000):
        mac, message = now.irecv(0)
        if mac is not None:
            lengths.append(len(message))
        time.sleep_ms(50)
    tell(waited, lengths)
"""
    with fleet_of(2, app) as fleet:
        start_together(fleet)
        assert heard(fleet) == [[1, 0, [1, 2, 3]]]


def test_an_asyncio_task_can_wait_for_frames():
    app = """
import asyncio
now = radio()
count = 0
start_together()

async def receive():
    global count
    while count < 3:
        yield asyncio.core._io_queue.queue_read(now)  # as aioespnow does
        while now.any():
            now.irecv(0)
            count += 1

async def main():
    task = asyncio.create_task(receive())
    for _ in range(3):
        await asyncio.sleep_ms(100)
        now.send(ALL, b"x", False)
    await asyncio.wait_for(task, 3)

asyncio.run(main())
tell(count)
"""
    with fleet_of(2, app) as fleet:
        start_together(fleet)
        assert [report[1] for report in heard(fleet, 2)] == [3, 3]


def test_an_irq_callback_is_scheduled_for_each_frame():
    app = """
now = radio()
seen = []

def on_frame(radio):
    seen.append(len(radio.recv(0)[1]))

start_together()
if ME == 0:
    for n in (1, 2, 3):
        now.send(ALL, bytes(n), False)
        time.sleep_ms(20)
else:
    now.irq(on_frame)
    until = time.ticks_add(time.ticks_ms(), 3000)
    while len(seen) < 3 and time.ticks_diff(until, time.ticks_ms()) > 0:
        now.any()
        time.sleep_ms(1)
    tell(seen)
"""
    with fleet_of(2, app) as fleet:
        start_together(fleet)
        assert heard(fleet) == [[1, [1, 2, 3]]]
