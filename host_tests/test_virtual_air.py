"""The air as a process, with real boards on it."""

import json
import random
import socket

from bare_boards import (
    fleet_of,
    give_the_word,
    heard,
    needs_micropython,
    start_together,
    wait_until,
)

from tools.virtual import wire

pytestmark = needs_micropython

# Board 0 sends numbered frames, every other board tells which of them it heard.
COUNTING = """
now = radio()
start_together()
if ME == 0:
    for n in range(200):
        now.send(ALL, bytes((n,)), False)
        time.sleep_ms(1)
else:
    heard = []
    mac, message = now.recv(2000)
    while mac:
        heard.append(message[0])
        mac, message = now.recv(300)
    tell(heard)
"""

# Tells whom it has heard in half a second; listens again on each word over the wire.
ROLL_CALL = """
now = radio()
seen = set()
while True:
    tell(sorted(seen))
    wait_for_word()
    while now.any():
        now.recv(0)
    seen = set()
    started = time.ticks_ms()
    while time.ticks_diff(time.ticks_ms(), started) < 500:
        now.send(ALL, bytes((ME,)), False)
        mac, message = now.recv(50)
        if mac:
            seen.add(message[0])
"""


def roll_call(fleet):
    """Whom each board hears now."""
    give_the_word(*fleet.boards)
    return dict(sorted(heard(fleet, len(fleet.boards))))


def test_without_loss_every_frame_arrives_in_order():
    with fleet_of(2, COUNTING) as fleet:
        start_together(fleet)
        assert heard(fleet) == [[1, list(range(200))]]


def test_loss_takes_its_share():
    with fleet_of(2, COUNTING, seed=5) as fleet:
        fleet.air.set_medium(loss_percent=40)
        start_together(fleet)
        arrived = heard(fleet)[0][1]
        assert 90 <= len(arrived) <= 150
        wait_until(lambda: fleet.air.counts()[0].frames_out == 200)
        counts = fleet.air.counts()[1]
    assert counts.frames_in == len(arrived)
    assert counts.frames_lost == 200 - len(arrived)
    assert arrived == sorted(set(arrived))


def test_range_cuts_and_one_way_links_are_honoured_while_running():
    with fleet_of(3, ROLL_CALL) as fleet:
        fleet.air.place({0: (0, 0), 1: (30, 0), 2: (60, 0)}, range_m=40)
        fleet.power_on()
        heard(fleet, 3)
        assert roll_call(fleet) == {0: [1], 1: [0, 2], 2: [1]}
        fleet.air.place({}, range_m=100)
        fleet.air.cut({0, 1}, {2})
        assert roll_call(fleet) == {0: [1], 1: [0], 2: []}
        fleet.air.heal()
        fleet.air.block(2, 0)
        assert roll_call(fleet) == {0: [1], 1: [0, 2], 2: [0, 1]}
        fleet.air.link([(0, 1, -50), (0, 2, -90)])
        assert roll_call(fleet) == {0: [], 1: [0], 2: [0]}


def test_a_wedged_radio_refuses_after_two_seconds_and_still_receives_until_a_reset():
    app = """
now = radio()
if ME == 0:
    while True:
        now.send(ALL, b"tick", False)
        time.sleep_ms(50)
before = error_of(now.send, ALL, b"x", False)
tell("ready")
wait_for_word()
started = time.ticks_ms()
error = error_of(now.send, ALL, b"x", False)
took_ms = time.ticks_diff(time.ticks_ms(), started)
now.active(False)
network.WLAN(network.WLAN.IF_STA).active(False)
now = radio()
tell(before, error, 2000 <= took_ms < 3000, now.recv(1000)[1] is not None, _radio_is_wedged())
if machine.reset_cause() == machine.SOFT_RESET:
    machine.reset()
machine.soft_reset()
"""
    app = app.replace("_radio_is_wedged()", '__import__("_radio").radio.is_wedged')
    refused = ["OSError", -0x3067, "ESP_ERR_ESPNOW_NO_MEM"]
    with fleet_of(2, app) as fleet:
        fleet.power_on()
        assert heard(fleet) == [[1, "ready"]]
        fleet.air.wedge(1)
        give_the_word(fleet.boards[1])
        assert heard(fleet) == [[1, None, refused, True, True, True]]
        assert heard(fleet) == [[1, "ready"]]  # after a soft reset, which does not help
        give_the_word(fleet.boards[1])
        assert heard(fleet) == [[1, refused, refused, True, True, True]]
        assert heard(fleet) == [[1, "ready"]]  # after a hard one, which does
        give_the_word(fleet.boards[1])
        assert heard(fleet)[0][1:3] == [None, None]


def test_a_radio_wedged_mildly_recovers_by_switching_off_and_on():
    app = """
now = radio()
tell("ready")
wait_for_word()
error = error_of(now.send, ALL, b"x", False)
now.active(False)
now.active(True)
now.add_peer(ALL)
tell(error, error_of(now.send, ALL, b"x", False))
"""
    with fleet_of(1, app) as fleet:
        fleet.power_on()
        heard(fleet)
        fleet.air.wedge(0, does_radio_restart_help=True)
        give_the_word(fleet.boards[0])
        assert heard(fleet) == [[0, ["OSError", -0x3067, "ESP_ERR_ESPNOW_NO_MEM"], None]]


def test_a_full_transmit_queue_makes_send_wait_and_nothing_is_lost():
    app = """
now = radio(rxbuf=60000)
start_together()
if ME == 0:
    errors = [error_of(now.send, ALL, bytes(250), False) for _ in range(100)]
    tell(errors.count(None))
else:
    count = 0
    while now.recv(1000)[0]:
        count += 1
    tell(count)
"""
    with fleet_of(2, app) as fleet:
        start_together(fleet)
        assert sorted(heard(fleet, 2)) == [[0, 100], [1, 100]]


def test_another_program_cannot_speak_for_a_board():
    switch_off = wire.STATE_BODY.pack(1, wire.IS_NEW_STATE, 6, bytes(6))
    with fleet_of(2, COUNTING) as fleet:
        start_together(fleet)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            forged = wire.HEADER.pack(fleet.air.token ^ 1, 1, wire.STATE) + switch_off
            while (report := fleet.next_uart(timeout_s=0.01)) is None:
                stranger.sendto(forged, ("127.0.0.1", fleet.air.port))
        assert json.loads(report[1]) == [list(range(200))]


def test_garbage_from_other_programs_does_not_disturb_the_air():
    dice = random.Random(1)
    with fleet_of(2, COUNTING) as fleet:
        stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for _ in range(500):
            data = dice.randbytes(dice.randrange(400))
            stranger.sendto(data, ("127.0.0.1", fleet.air.port))
        start_together(fleet)
        for kind in range(256):  # the right token, but nonsense after it
            head = fleet.air.token.to_bytes(4, "little") + bytes((99, 0, kind))
            stranger.sendto(
                head + dice.randbytes(dice.randrange(300)), ("127.0.0.1", fleet.air.port)
            )
        stranger.close()
        arrived = heard(fleet)[0][1]
    assert set(range(190)) <= set(arrived)


def test_wifi_wants_to_be_switched_on_first_and_knows_13_channels():
    app = """
sta = network.WLAN(network.WLAN.IF_STA)
off = [error_of(sta.config, channel=6), error_of(sta.disconnect), sta.active()]
sta.active(True)
on = [error_of(sta.config, channel=n) for n in (0, 1, 13, 14)]
sta.config(channel=11)
same = network.WLAN(network.WLAN.IF_STA) is sta
tell(off, on, sta.config("channel"), same, sta.config("mac").hex(), sta.isconnected())
both = error_of(sta.config, "mac", channel=1)
tell(error_of(sta.config, "essid2"), both, error_of(network.WLAN, 2))
"""
    not_started = ["OSError", "Wifi Not Started"]
    wrong = ["RuntimeError", "Wifi Unknown Error 0x0102"]
    with fleet_of(1, app) as fleet:
        fleet.power_on()
        first, second = heard(fleet, 2)
        mac = fleet.boards[0].mac.hex()
    assert first[1:3] == [[not_started, not_started, False], [wrong, None, None, wrong]]
    assert first[3:] == [11, True, mac, False]
    assert [error[0] for error in second[1:]] == ["ValueError", "TypeError", "ValueError"]


def test_wifi_lives_through_a_soft_reset_and_esp_now_does_not():
    app = """
sta = network.WLAN(network.WLAN.IF_STA)
if machine.reset_cause() == machine.PWRON_RESET:
    radio(channel=9)
    machine.soft_reset()
first = (sta.active(), sta.config("channel"), espnow.ESPNow().active())
if machine.reset_cause() == machine.SOFT_RESET:
    tell(*first)
    machine.reset()
tell(*first)
"""
    with fleet_of(1, app) as fleet:
        fleet.power_on()
        assert heard(fleet, 2) == [[0, True, 9, False], [0, False, 1, False]]
