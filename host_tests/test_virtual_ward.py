"""The thread that looks after virtual boards: nothing that one board does ends it."""

import selectors
import socket

from tools.virtual.ward import Ward


def test_a_file_that_is_closed_by_the_one_served_before_it_ends_nothing():
    ward = Ward()
    pairs = [socket.socketpair() for _ in range(2)]
    served = []

    def close_the_other(at):
        other = pairs[1 - at][0]
        if not served:
            ward.unwatch(other)
            other.close()
        pairs[at][0].recv(16)
        served.append(at)

    def watch_both():
        for at in range(2):
            pairs[at][1].send(b"x")
            ward.watch(pairs[at][0], selectors.EVENT_READ, lambda _, at=at: close_the_other(at))

    ward.call(watch_both)  # both are ready at the next look
    assert ward.call(lambda: "alive") == "alive"
    assert ward.call(lambda: len(served)) == 1
    ward.close()
    for pair in pairs:
        for end in pair:
            end.close()


def test_an_error_in_one_callback_is_told_and_ends_nothing(capsys):
    ward = Ward()

    def wrong():
        raise RuntimeError("one board's trouble")

    ward.call(lambda: ward.later(0, wrong))
    while "one board's trouble" not in capsys.readouterr().err:
        ward.call(lambda: None)
    assert ward.call(lambda: 7) == 7
    ward.close()
