"""Which neighbours are found to be a step towards a node that declared something."""

from hearing_lists import LINK, ME, table, told
from skein import frame as f
from skein.ways import Ways

WISHER = 500


def ways(*hears_me):
    """With neighbours in the rows from 0 on; whether each hears this node, None for unknown."""
    hearing = table(*range(10, 10 + len(hears_me)))
    for row, answer in enumerate(hears_me):
        if answer is not None:
            hearing.hear(told((ME if answer else 99, LINK)), row)
    return Ways(3, ME, hearing)


def declaration(travelled, number=1, origin=WISHER):
    frame = bytearray(f.ROWS + f.ROW_LEN)
    f.put_header(frame, f.INTEREST, 0, f.HOPS_MAX - travelled)
    frame[f.HOPS] |= travelled
    f.put_origin(frame, origin, 0, number)
    frame[f.ROW_COUNT] = 1
    frame[f.ROWS + 4] = 3
    return frame


def steps(made, node=WISHER):
    place = made.find(node)
    return [row for row in range(3) if place >= 0 and made.leads(place, row)]


def test_who_is_heard_with_the_fewest_hops_is_a_step_and_there_may_be_several():
    made = ways(True, True, True)
    for row, travelled in enumerate((3, 2, 2)):
        made.hear(declaration(travelled), row)
    assert (steps(made), made.hops_to(WISHER)) == ([1, 2], 3)
    assert (steps(made, 501), made.hops_to(501)) == ([], 0)


def test_who_does_not_hear_this_node_is_no_step():
    made = ways(False, None, True)
    made.hear(declaration(0), 0)
    made.hear(declaration(1), 1)
    assert (steps(made), made.hops_to(WISHER)) == ([1], 0)  # it may, but that is not known
    made.hear(declaration(4), 2)
    made.hear(declaration(0), 1)
    assert (steps(made), made.hops_to(WISHER)) == ([2], 5)


def test_who_knows_no_way_back_says_so_and_is_no_step():
    lost, made = ways(False), ways(True)
    frame = declaration(1)
    lost.hear(frame, 0)
    lost.tell(frame)
    assert frame[f.ROWS + 4] > 3
    made.hear(frame, 0)
    assert steps(made) == []
    assert frame[f.ROWS + 4] & f.LEVEL == 3
    made.tell(frame)
    assert frame[f.ROWS + 4] > 3  # nor does this one know one
    made.hear(declaration(1), 0)
    made.tell(frame)
    assert frame[f.ROWS + 4] == 3
    lost.tell(of_ours := declaration(1, origin=ME))
    assert of_ours == declaration(1, origin=ME)


def test_the_way_back_is_told_where_it_is_farther_than_the_way_here():
    made = ways(False, True)
    made.hear(declaration(1), 0)
    made.hear(declaration(6), 1)
    frame = declaration(2)
    made.tell(frame)
    assert (f.hops_travelled(frame), f.hops_left(frame)) == (7, f.HOPS_MAX - 7)
    frame = declaration(9)
    made.tell(frame)
    assert f.hops_travelled(frame) == 9


def test_a_newer_declaration_replaces_the_steps_as_soon_as_one_was_heard():
    made = ways(True, True)
    made.hear(declaration(1, number=0xFFFF), 0)
    made.hear(declaration(4, number=0), -1)
    assert (steps(made), made.hops_to(WISHER)) == ([0], 0)  # kept, but told to nobody
    made.hear(declaration(4, number=0), 1)
    assert (steps(made), made.hops_to(WISHER)) == ([1], 5)
    made.hear(declaration(0, number=0xFFFF), 0)
    assert steps(made) == [1]


def test_a_step_that_led_nowhere_is_left_where_another_one_is_known():
    made = ways(True, True)
    made.hear(declaration(1), 0)
    made.shun(0)
    assert steps(made) == [0]
    made.hear(declaration(1), 1)
    made.shun(0)
    assert steps(made) == [1]
    made.forget_row(1)
    assert steps(made) == []


def test_one_node_more_than_there_are_places_takes_that_of_the_first():
    made = ways(True)
    for node in range(WISHER, WISHER + 4):
        made.hear(declaration(1, origin=node), 0)
    assert [steps(made, node) for node in range(WISHER, WISHER + 4)] == [[], [0], [0], [0]]
