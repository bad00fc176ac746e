"""Pieces on the wire, and what hostile ones can do: nothing beyond their own place."""

from fakes import node_of
from send_air import SendAir, blob, sends_of
from skein import event as e
from skein import fragment as g
from skein import frame as f
from skein.outgoing import Outgoing
from skein.turns import NORMAL

AT = f.PAYLOAD
PAUSE_MS = 60


def piece(ids=(), length=4097, index=0, flags=0, source=901):
    """An event with the piece `index` of a transfer with number 5, sound but for its arguments."""
    most = g.piece_max(len(ids))
    frame = bytearray(AT + g.IDS + 4 * len(ids)) + bytes(max(0, min(most, length - index * most)))
    f.put_header(frame, f.EVENT, 0, 7)
    f.put_origin(frame, source, 0, 1)
    frame[f.POLICY] = e.policy(NORMAL, e.FULL, e.PRODUCT)
    f.put_u16(frame, f.LIFE_S, 60)
    frame[AT] = len(ids) | flags
    f.put_u16(frame, AT + g.NUMBER, 5)
    f.put_u16(frame, AT + g.LENGTH, length)
    frame[AT + g.INDEX] = index
    for place, node in enumerate(ids):
        f.put_id(frame, AT + g.IDS + 4 * place, node)
    return frame


def node(sends=2):
    air = SendAir(1, sends=sends)
    air.run(100)
    return air, sends_of(air.nodes[0])


def read(air, frame):
    """The frame reaches the node's reader, as if it were an event that nobody met before."""
    sends_of(air.nodes[0])._read(frame, AT, air.now)


def test_the_pieces_of_every_whole_fit_a_frame_and_number_at_most_23():
    for ids in range(g.IDS_MAX + 1):
        for length in (1, g.piece_max(ids), g.piece_max(ids) + 1, g.WHOLE_MAX):
            going = Outgoing(5, (b"\0", bytes(length - 1)), tuple(range(1, ids + 1)), 0, 0)
            frame = bytearray(f.MTU)
            count = 0
            while going.pending:
                end = going.write(frame, AT)
                assert end <= f.MTU - f.TAG_LEN
                assert g.is_fragment(frame[:end], AT)
                going.sent(PAUSE_MS, 0)
                count += 1
            assert count == g.count_of(length, ids) <= 23


def test_a_piece_whose_figures_do_not_fit_one_another_is_dropped_and_counted():
    air, sends = node()
    last = piece(index=19)
    bad = [
        piece(index=20),
        piece(index=255),
        piece(length=0),
        piece(length=g.WHOLE_MAX + 1),
        piece(length=0xFFFF, index=200),
        piece(flags=g.IS_GROUP),
        piece((1, 2), flags=g.IS_GROUP),
        piece(tuple(range(1, 10))),
        last + b"1",
        last[:-1],
        piece()[:-1],
        piece()[: AT + g.IDS - 1],
        piece()[:AT],
        piece(flags=g.IS_REPORT),
        piece(flags=g.IS_REPORT)[: AT + g.REPORT_LEN - 1],
    ]
    for frame in bad:
        read(air, frame)
    assert sends.incoming.malformed == len(bad)
    assert max(sends.incoming.sources) == 0
    read(air, piece())
    read(air, piece(length=4098, index=1))  # no piece of that transfer
    assert sends.incoming.malformed == len(bad) + 1
    assert sends.incoming.came[0] == 1


def test_what_is_for_others_takes_no_place():
    air, sends = node()
    read(air, piece((node_of(1), node_of(2))))
    read(air, piece((77,), flags=g.IS_GROUP))
    assert max(sends.incoming.sources) == 0
    assert sends.incoming.refused == sends.incoming.malformed == 0


def test_a_flood_of_beginnings_costs_its_source_one_place():
    air, sends = node()
    for number in range(300):
        frame = piece()
        f.put_u16(frame, AT + g.NUMBER, number)
        read(air, frame)
        air.run(5)
    read(air, piece(source=902))
    assert sorted(sends.incoming.sources)[-3:] == [0, 901, 902]


def test_beginnings_of_invented_sources_give_way_to_who_goes_on():
    air, sends = node()
    frame_count = g.count_of(4097, 0)
    sent = index = 0
    for source in range(1000, 1400):
        read(air, piece(source=source))
        if source % 10 == 0 and index < frame_count:  # a true one, whose pieces come slowly
            before = sends.incoming.refused
            read(air, piece(index=index, source=902))
            index += sends.incoming.refused == before
            sent += 1
        air.skip(100)
    assert sent <= 2 * frame_count
    assert len(air.got[0][0]) == 1


def test_a_half_payload_is_reported_a_few_times_and_then_silently_kept():
    air, sends = node()
    read(air, piece())
    given = []
    for _ in range(400):
        air.skip(100)
        given.append(sends.incoming.reports[0])
    assert max(given) == 5
    assert sends.incoming.next_deadline(None if not sends.incoming._due else 0) is None


def test_reports_make_a_source_send_a_bounded_amount():
    air = SendAir(2)
    air.run(2500)
    sends = sends_of(air.nodes[0])
    sends_of(air.nodes[1]).hear = lambda frame, now: None  # it says nothing true
    receipt = air.send(0, blob(4096))
    going = sends._outgoing[0]
    for _ in range(3000):
        going.hear(901, 0, PAUSE_MS, air.now)
        air.run(20)
        if receipt.state:
            break
    assert sends.pieces <= 16 * 20
    assert receipt.state


def test_a_report_of_a_former_boot_or_by_a_stranger_counts_for_nothing():
    air = SendAir(3)
    air.run(2500)
    receipt = air.send(0, blob(4096), [1])
    going = sends_of(air.nodes[0])._outgoing[0]
    going.hear(node_of(2), 0xFFFFFF, PAUSE_MS, air.now)
    frame = piece(source=node_of(1))[: AT + g.REPORT_LEN]
    frame[AT] = g.IS_REPORT
    f.put_u16(frame, AT + g.NUMBER, going.number)
    f.put_id(frame, AT + g.SOURCE, node_of(0))
    f.put_u16(frame, AT + g.CAME, 0xFFFF)
    frame[AT + g.CAME + 2] = 0xFF
    frame[AT + g.BOOT] = 255
    read(air, frame)
    assert receipt.acknowledged == 0
    frame[AT + g.BOOT] = 0
    read(air, frame)
    assert receipt.acknowledged == 1
