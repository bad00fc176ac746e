"""Frames that are authenticated: what opens, what does not, and boards with and without a key."""

import hashlib
import hmac

from bare_boards import needs_micropython
from click.testing import CliRunner

from boards import evaluate, leader_of, status, wait_for
from device.seal import Seal
from skein import frame as f
from tools.cli import main
from tools.hardware import keys
from tools.hardware.port import Port
from tools.virtual.fleet import Fleet

KEY = bytes(range(16))


def frame_of(length=40):
    frame = bytearray(length)
    f.put_header(frame, f.EVENT, 7, 3)
    f.put_origin(frame, 900, 1, 5)
    return frame


def opened(seal, content):
    frame = bytearray(content)
    seal.open(frame)
    return frame


def test_a_sealed_frame_opens_to_what_was_sealed():
    seal = Seal(KEY)
    for length in (f.HEADER_LEN, 40, f.MTU - f.TAG_LEN):
        frame = frame_of(length)
        sealed = bytes(seal.write(frame, length))
        assert len(sealed) == length + f.TAG_LEN
        assert f.check(sealed, 7) == f.OTHER_VERSION  # who has no key does not read it
        assert opened(Seal(KEY), sealed) == frame
    assert seal.forged == 0


def test_the_tag_is_the_start_of_hmac_sha256():
    frame = frame_of()
    sealed = bytes(Seal(KEY).write(frame, len(frame)))
    frame[f.KIND] |= f.TAGGED
    assert sealed[-f.TAG_LEN :] == hmac.new(KEY, frame, hashlib.sha256).digest()[: f.TAG_LEN]


def test_a_frame_that_differs_in_any_bit_is_forged():
    seal = Seal(KEY)
    sealed = bytes(seal.write(frame_of(), 40))
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit >> 3] ^= 1 << (bit & 7)
        assert opened(seal, changed) == b"", bit
    assert seal.forged == 8 * len(sealed)


def test_a_frame_without_a_tag_with_another_key_or_cut_off_is_forged():
    seal = Seal(KEY)
    sealed = bytes(Seal(bytes(16)).write(frame_of(), 40))
    for bad in (frame_of(), sealed, sealed[:-1], sealed[:15], b"", b"\x10"):
        assert opened(seal, bad) == b""


def test_what_has_no_room_for_a_tag_is_refused_and_counted():
    seal = Seal(KEY)
    assert seal.write(frame_of(f.MTU), f.MTU - f.TAG_LEN + 1) is None
    assert seal.refused == 1


def skein(*words):
    return CliRunner().invoke(main, words)


def test_new_keys_differ_and_are_32_digits():
    made = [skein("keys", "new").output.strip() for _ in range(3)]
    assert len(set(made)) == 3
    assert all(len(bytes.fromhex(key)) == 16 for key in made)


@needs_micropython
def test_boards_with_one_key_hear_each_other_and_nobody_else():
    with Fleet(3) as fleet:
        fleet.power_on()
        for board in fleet.boards:
            Port(board.port).wait_for_prompt(30)
        wait_for(lambda: all(status(board)["neighbours"] == 2 for board in fleet.boards))
        ports = [word for board in fleet.boards[:2] for word in ("--port", board.port)]
        result = skein("keys", "set", *ports)
        assert result.exit_code == 0, result.output
        key = result.output.split("other boards: ")[1].split()[0]
        assert result.output.count(f"has key {keys.fingerprint(key)}") == 2
        wait_for(lambda: leader_of(fleet.boards[:2]))
        wait_for(lambda: all(status(board)["forged"] > 2 for board in fleet.boards[:2]))
        assert [status(board)["neighbours"] for board in fleet.boards[:2]] == [1, 1]
        wait_for(lambda: status(fleet.boards[2])["neighbours"] == 0)
        assert status(fleet.boards[2])["rejected"]["other version"] > 0

        shown = skein("keys", "show", *ports, "--port", fleet.boards[2].port).output
        assert shown.count(f"key {keys.fingerprint(key)}") == 2
        assert "no key: anyone in range can take part" in shown
        assert key not in skein("config", "--port", fleet.boards[0].port).output
        bad = skein("keys", "set", "--key", "abc", "--port", fleet.boards[2].port)
        assert bad.exit_code == 1 and "32 hexadecimal digits" in bad.output
        assert skein("keys", "set", "--key", key, "--port", fleet.boards[2].port).exit_code == 0
        wait_for(lambda: status(fleet.boards[2])["neighbours"] == 2)
        assert evaluate(fleet.boards[2], "mesh.leader") == evaluate(fleet.boards[0], "mesh.leader")
        assert skein("keys", "remove", *ports).exit_code == 0
        assert "forged" in status(fleet.boards[0]) and status(fleet.boards[0])["forged"] is None
