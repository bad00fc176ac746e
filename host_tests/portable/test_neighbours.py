from fakes import RING_STARTS
from skein import frame as f
from skein.neighbours import Neighbours
from skein.ticks import ticks_add


def beacon_of_one_who_follows(leader):
    frame = bytearray(f.BEACON_LEN)
    f.put_id(frame, f.LEADER, leader)
    frame[f.ROLE] = f.ELECTED
    return frame


def test_a_row_stays_the_same_while_its_neighbour_is_known():
    table = Neighbours(4, 100)
    rows = [table.admit(node, 0) for node in (11, 12, 13)]
    assert [table.find(node) for node in (11, 12, 13)] == rows
    assert table.count == 3
    assert table.find(14) == -1


def test_a_silent_neighbour_is_forgotten_after_its_lifetime_and_not_before():
    for start in RING_STARTS:
        table = Neighbours(4, 100)
        table.hear(table.admit(11, start), -50, start)
        now = start
        for _ in range(99):
            now = ticks_add(now, 1)
            assert table.expire(now) == 0
        assert table.lost == 0
        assert table.expire(ticks_add(now, 1)) == 1
        assert table.lost == 1
        assert (table.count, table.find(11)) == (0, -1)


def test_a_full_table_keeps_neighbours_that_still_speak():
    for start in RING_STARTS:
        table = Neighbours(2, 100)
        table.admit(11, start)
        table.admit(12, start)
        for age in range(50):
            assert table.admit(666, ticks_add(start, age)) == -1
        assert table.refused == 50
        assert table.find(11) >= 0 and table.find(12) >= 0
        assert table.admit(13, ticks_add(start, 50)) >= 0


def test_a_full_table_gives_up_the_row_that_was_silent_for_half_its_lifetime():
    for start in RING_STARTS:
        table = Neighbours(2, 100)
        table.admit(11, start)
        table.hear(table.admit(12, start), -50, ticks_add(start, 40))
        row = table.admit(13, ticks_add(start, 60))
        assert table.ids[row] == 13
        assert table.find(11) == -1 and table.find(12) >= 0
        assert (table.count, table.replaced) == (2, 1)


def test_the_strength_follows_readings_slowly_and_stays_in_its_byte():
    table = Neighbours(2, 100)
    row = table.admit(11, 0)
    table.hear(row, -60, 0)
    assert table.rssi_dbm[row] == -60
    table.hear(row, -80, 1)
    assert -80 < table.rssi_dbm[row] < -60
    for _ in range(40):
        table.hear(row, -80, 2)
    assert table.rssi_dbm[row] == -80
    for reading, kept in ((-300, -128), (90, -1)):
        table.hear(row, reading, 3)
        assert -128 <= table.rssi_dbm[row] <= -1
        newcomer = table.admit(12, 3)
        table.hear(newcomer, reading, 3)
        assert table.rssi_dbm[newcomer] == kept
        table.ids[newcomer] = 0


def test_of_a_neighbour_that_followed_our_leader_earlier_losses_are_forgotten():
    ours, candidate, winner = (beacon_of_one_who_follows(leader) for leader in (77, 88, 88))
    candidate[f.ROLE] = 0
    table = Neighbours(2, 100)
    row = table.admit(11, 0)
    for sequence in (1, 5, 9):  # three in four are lost
        ours[f.SEQUENCE] = sequence
        history = table.hear_beacon(row, ours, 77)
    assert history == 0xFF
    candidate[f.SEQUENCE] = 10
    assert table.hear_beacon(row, candidate, 77) == 0xFF
    winner[f.SEQUENCE] = 12
    assert table.hear_beacon(row, winner, 77) == 0xFD
    assert table.hear_beacon(table.admit(12, 0), winner, 77) == 1
