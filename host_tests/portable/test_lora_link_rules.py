"""The LoRa link's rules, one by one, with a modem that does what each test says."""

from device import clock, seal
from fake_lora import Bench, FakePacket
from skein.frame import MTU
from skein.turns import LOW


def test_on_a_free_channel_a_frame_leaves_after_one_look():
    bench = Bench()
    bench.send()
    assert not bench.link.is_ready(clock.now_ms)
    bench.run(100)
    assert (bench.sent, bench.radio.looks) == ([b"hello"], 1)
    assert bench.link.is_ready(clock.now_ms) and bench.woken == 1
    assert bench.link.airtime_ms == bench.link.airtime_us(5) // 1000


def test_with_a_key_frames_leave_with_a_tag_and_only_such_are_read():
    bench = Bench()
    seal.equip(bench.link, "00" * 16)
    frame = bytearray(b"\x20" + bytes(range(1, 40)))
    bench.send(frame)
    bench.run(100)
    (sealed,) = bench.sent
    assert len(sealed) == len(frame) + 6 and sealed[1:40] == frame[1:]
    bench.radio.modem.incoming = [FakePacket(sealed)]
    assert bench.run(100) == 1
    assert bench.link.frame == frame
    bench.radio.modem.incoming = [FakePacket(frame)]
    bench.run(100)
    assert bench.link.frame == b"" and bench.link.seal.forged == 1


def test_a_busy_channel_is_looked_at_again_and_the_frame_leaves_then():
    bench = Bench()
    bench.radio.busy_looks = 5
    bench.send()
    bench.run(5000)
    assert (bench.sent, bench.radio.looks) == ([b"hello"], 6)


def test_a_channel_that_stays_busy_costs_the_frame_and_no_more():
    bench = Bench()
    bench.radio.busy_looks = 10000
    bench.send()
    bench.run(60000)
    assert (bench.sent, bench.link.refused, bench.link.restarts) == ([], 1, 0)
    assert bench.link.is_ready(clock.now_ms)
    assert bench.link.airtime_ms == 0 and bench.link.governor.level_us > 0


def test_no_look_disturbs_a_frame_that_comes_in():
    bench = Bench()
    bench.radio.is_coming = True
    bench.send()
    bench.run(200)
    assert (bench.sent, bench.radio.looks) == ([], 0)
    bench.radio.is_coming = False
    bench.run(5000)
    assert bench.sent == [b"hello"]


def test_where_the_region_says_so_any_signal_holds_a_frame_back():
    bench = Bench("KR920")
    bench.radio.noise = -60
    bench.send()
    bench.run(300)
    assert (bench.sent, bench.radio.looks) == ([], 0)
    bench.radio.noise = -70
    bench.run(5000)
    assert bench.sent == [b"hello"]


def test_a_packet_comes_with_its_strength_and_its_ratio_in_db():
    bench = Bench()
    bench.radio.modem.incoming.append(FakePacket(b"frame"))
    assert bench.run(5) == 1
    assert bytes(bench.link.frame) == b"frame"
    assert (bench.link.rssi_dbm, bench.link.snr_db) == (-101, -8)


def test_a_longer_packet_than_any_frame_is_none_of_ours():
    bench = Bench()
    bench.radio.modem.incoming.append(FakePacket(bytes(MTU + 1)))
    assert bench.run(50) == 0


def test_a_bad_packet_makes_the_radio_listen_anew():
    bench = Bench()
    bench.run(100)
    assert bench.radio.listens == 0
    poll_recv = bench.radio.modem.poll_recv

    def bad():
        bench.radio.modem.crc_errors += 1
        bench.radio.modem.poll_recv = poll_recv
        return True

    bench.radio.modem.poll_recv = bad
    bench.run(100)
    assert bench.radio.listens == 1


def test_a_driver_that_stopped_to_listen_is_told_to():
    bench = Bench()
    bench.radio.modem.is_listening = False
    bench.run(10)
    assert bench.radio.listens == 1


def test_a_transmission_that_hangs_ends_with_a_restart():
    bench = Bench()
    bench.radio.modem.is_stuck = True
    bench.send()
    bench.run(1000)
    assert (bench.link.refused, bench.link.restarts, bench.radio.starts) == (1, 1, 2)
    bench.radio.modem.is_stuck = False
    bench.send(b"again")
    bench.run(1000)
    assert bench.sent[-1] == b"again" and not bench.link.is_wedged


def test_a_look_that_never_ends_is_a_fault_too():
    bench = Bench()
    bench.radio.is_silent = True
    bench.send()
    bench.run(1000)
    assert (bench.link.refused, bench.link.restarts) == (1, 1)


def test_a_modem_that_stays_dead_asks_for_a_reset_after_some_restarts():
    bench = Bench()
    bench.radio.modem.is_dead = True
    for _ in range(12000):
        if not bench.link.is_wedged:
            bench.run(5)
    assert bench.link.is_wedged
    assert (bench.link.restarts, bench.radio.starts) == (4, 5)
    assert not bench.link.is_ready(clock.now_ms)


def test_the_faint_wait_for_less_than_the_loud():
    def longest_ms(snr_db):
        bench = Bench()
        bench.link.snr_db = snr_db
        return max([bench.link._window_ms() for _ in range(300)])

    assert longest_ms(-20) <= 4 * 9 < longest_ms(10) <= 16 * 9


def test_what_is_not_urgent_stays_in_the_queue_when_airtime_runs_short():
    class Queue:
        lowest = LOW

    bench = Bench()
    bench.link.queue = Queue()
    assert bench.link.is_ready(0) and bench.link.queue.lowest == LOW
    bench.link.governor.level_us = bench.link.governor.capacity_us // 5
    assert bench.link.is_ready(0) and bench.link.queue.lowest == 0
    bench.link.governor.level_us = 0
    assert not bench.link.is_ready(0)
