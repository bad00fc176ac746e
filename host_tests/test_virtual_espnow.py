"""ESP-NOW on virtual boards: its limits, errors and memory, as mpfacts of the chip say."""

from bare_boards import (
    answer,
    fleet_of,
    give_the_word,
    heard,
    needs_micropython,
    start_together,
)

pytestmark = needs_micropython

FULL, NOT_FOUND, EXIST = -0x3068, -0x3069, -0x306B


def espnow_error(code, name):
    return ["OSError", code, f"ESP_ERR_ESPNOW_{name}"]


def test_two_boards_exchange_broadcasts_with_sender_and_strength():
    app = """
now = radio()
buffers = [None, bytearray(250), 0, 0]
start_together()
now.send(ALL, b"from %d" % ME, False)
n = now.recvinto(buffers, 2000)
age_ms = time.ticks_diff(time.ticks_ms(), buffers[3])
tell(n, buffers[0].hex(), bytes(buffers[1]).decode(), buffers[2], 0 <= age_ms < 1000)
"""
    with fleet_of(2, app) as fleet:
        fleet.air.place({0: (0, 0), 1: (10, 0)})
        start_together(fleet)
        first, second = sorted(heard(fleet, 2))
        macs = [board.mac.hex() for board in fleet.boards]
    assert first[:4] == [0, 6, macs[1], "from 1"]
    assert second[:4] == [1, 6, macs[0], "from 0"]
    for report in (first, second):
        assert (
            -80 <= report[4] <= -60
        )  # 10 m: 40 + 30 dB below the sender, give or take the spread
        assert report[5] is True


def test_nothing_works_before_it_is_switched_on():
    app = """
now = espnow.ESPNow()
calls = (now.send, b"x"), (now.any,), (now.recv, 0), (now.add_peer, ALL), (now.peer_count,)
tell(now.active(), [error_of(*call) for call in calls])
"""
    is_active, errors = answer(app)
    assert is_active is False
    assert errors == [espnow_error(-0x3065, "NOT_INIT")] * 5


def test_a_frame_holds_1_to_250_bytes():
    app = """
now = radio()
tell(espnow.MAX_DATA_LEN, *[error_of(now.send, ALL, bytes(n), False) for n in (0, 1, 250, 251)])
"""
    bad = espnow_error(-0x3066, "ARG")
    assert answer(app) == [250, bad, None, None, bad]


def test_peers_are_limited_and_their_errors_are_the_chips():
    app = """
now = radio()
mac = lambda n: bytes((2, 0, 0, 0, 0, n))
tell(
    error_of(now.send, mac(1), b"x"),
    error_of(now.add_peer, ALL),
    error_of(now.del_peer, mac(1)),
    error_of(now.get_peer, mac(1)),
    error_of(now.add_peer, b"short"),
    error_of(now.add_peer, ALL, b"k" * 16),
    [error_of(now.add_peer, mac(n), b"k" * 16) for n in range(7)],
    now.peer_count(),
    [error_of(now.add_peer, mac(n)) for n in range(7, 21)],
    now.peer_count(),
    len(now.get_peers()),
)
"""
    missing = espnow_error(NOT_FOUND, "NOT_FOUND")
    full = espnow_error(FULL, "FULL")
    assert answer(app) == [
        missing,
        espnow_error(EXIST, "EXIST"),
        missing,
        missing,
        ["ValueError", "invalid buffer length"],
        espnow_error(EXIST, "EXIST"),
        [None] * 6 + [full],
        [7, 6],
        [None] * 13 + [full],
        [20, 6],
        19,
    ]


def test_a_broadcast_needs_its_peer_and_cannot_be_encrypted():
    app = """
now = radio()
now.del_peer(ALL)
secret = error_of(now.add_peer, ALL, b"k" * 16)
tell(error_of(now.send, ALL, b"x"), secret, error_of(now.send, b"x"))
"""
    missing = espnow_error(NOT_FOUND, "NOT_FOUND")
    assert answer(app) == [missing, espnow_error(-0x3066, "ARG"), missing]


def test_a_peer_on_another_channel_or_interface_is_refused():
    app = """
now = radio(channel=6)
other, ap = b"\\2\\0\\0\\0\\0\\1", b"\\2\\0\\0\\0\\0\\2"
now.add_peer(other, None, 7)
now.add_peer(ap, ifidx=1)
tell(error_of(now.send, other, b"x"), error_of(now.send, ap, b"x"))
"""
    assert answer(app) == [espnow_error(-0x306D, "CHAN"), espnow_error(-0x306C, "IF")]


def test_switching_off_forgets_the_peers():
    app = """
now = radio()
now.active(False)
now.active(True)
tell(now.peer_count())
"""
    assert answer(app) == [[0, 0]]


def test_unicast_says_whether_the_peer_was_there():
    app = """
if ME == 0:
    now = radio()
    peer = bytes.fromhex(open("peer").read())
    now.add_peer(peer)
    told = []
    for _ in range(3):
        tell("ready")
        wait_for_word()
        told.append(now.send(peer, b"are you there"))
    tell(told, now.send(ALL, b"broadcast"), now.stats()[:3])
else:
    network.WLAN(network.WLAN.IF_STA).active(True)
    network.WLAN(network.WLAN.IF_STA).config(channel=6)
    tell("ready")
"""
    with fleet_of(2, app) as fleet:
        zero, one = fleet.boards
        (zero.flash / "peer").write_text(one.mac.hex())
        fleet.power_on()
        heard(fleet, 2)
        give_the_word(zero)  # it answers though it never started ESP-NOW
        heard(fleet)
        fleet.air.cut({0}, {1})
        give_the_word(zero)
        heard(fleet)
        fleet.air.heal()
        one.power_off()
        give_the_word(zero)
        assert heard(fleet) == [[0, [True, False, False], True, [4, 4, 2]]]
