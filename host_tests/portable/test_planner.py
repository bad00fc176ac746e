"""Whom the leader names, from the links that were reported to it."""

from fakes import Dice
from skein import frame as f
from skein import report_frame as r
from skein.link_table import LinkTable
from skein.planner import Planner

MAINS = 3


class LastPlan:
    def __init__(self, *shorts):
        self.shorts = shorts

    def names(self, short):
        return short in self.shorts


def report(by, links, stamina=MAINS):
    """links: short ids, or (short id, stamina)."""
    frame = bytearray(r.LINKS + 2 * len(links))
    f.put_u16(frame, r.BY, by | stamina << r.STAMINA_AT)
    frame[r.COUNT] = len(links)
    for index, link in enumerate(links):
        short, power = link if isinstance(link, tuple) else (link, MAINS)
        f.put_u16(frame, r.LINKS + 2 * index, short | power << r.STAMINA_AT)
    return frame


def table(links, capacity=40, without=()):
    """Everybody has reported, but for some.  links: {short id: short ids}."""
    made = LinkTable(capacity, 1000)
    for by in sorted(links):
        if by not in without:
            made.hear(report(by, links[by]), 0, 0)
    return made


def planned(links, root=1, last=(), **more):
    made = links if isinstance(links, LinkTable) else table(links, **more)
    planner = Planner(made)
    planner.begin(made.find(root))
    while not planner.step(LastPlan(*last)):
        pass
    return sorted(made.shorts[place] for place in range(made.count) if planner.is_in(place))


def line(count):
    return {n: [m for m in (n - 1, n + 1) if 1 <= m <= count] for n in range(1, count + 1)}


def ring(count):
    return {n: [(n - 2) % count + 1, n % count + 1] for n in range(1, count + 1)}


def test_of_a_line_all_but_the_ends_are_named():
    assert planned(line(6)) == [2, 3, 4, 5]


def test_of_a_star_only_the_hub_is_named():
    assert planned({1: [2, 3, 4, 5], 2: [1], 3: [1], 4: [1], 5: [1]}, root=3) == [1]


def test_of_a_ring_two_may_go_which_only_the_whole_view_shows():
    named = planned(ring(8))
    assert len(named) == 6
    left = [n for n in range(1, 9) if n not in named]
    assert left[1] in ring(8)[left[0]]


def test_more_nodes_than_a_word_has_bits_are_planned_alike():
    named = planned(line(70), capacity=70)
    assert named == list(range(2, 70))


def test_a_link_counts_if_both_ends_report_it_or_one_that_the_other_cannot_deny():
    made = table({1: [2, 3], 2: [1], 3: [4]})
    one, two, three, four = (made.find(short) for short in (1, 2, 3, 4))
    assert made.is_linked(one, two) and made.is_linked(two, one)
    assert not made.is_linked(one, three)  # 3 reported, and does not name 1
    assert made.is_linked(three, four) and made.is_linked(four, three)  # 4 never did


def test_a_later_report_takes_the_place_of_the_one_before():
    made = table({1: [2, 3], 2: [1]})
    made.hear(report(1, [2]), 0, 0)
    assert not made.is_linked(made.find(1), made.find(3))


def test_what_is_not_reported_again_is_forgotten():
    made = table({1: [2]})
    made.expire(999)
    assert made.is_linked(made.find(1), made.find(2))
    made.expire(1000)
    assert not made.is_linked(made.find(1), made.find(2))


def test_a_full_table_takes_no_more_until_somebody_is_reported_no_longer():
    made = table({1: [2, 3]}, capacity=3)
    made.hear(report(4, [1]), 0, 0)
    assert (made.refused, made.find(4)) == (1, -1)
    made.hear(report(1, [2]), 0, 0)
    made.hear(report(2, [1, 4]), 0, 0)
    assert made.find(4) >= 0 and made.find(3) < 0


def test_who_is_in_another_part_of_the_mesh_is_not_named():
    assert planned({1: [2], 2: [1, 3], 3: [2], 7: [8], 8: [7, 9], 9: [8]}) == [2]


def test_who_did_not_report_is_named_only_if_nobody_else_will_do():
    square = {1: [2, 3], 2: [1, 4], 3: [1, 4], 4: [2, 3, 5], 5: [4]}
    assert planned(square, without=(2,)) == [3, 4]
    assert planned(square, without=(3,)) == [2, 4]
    assert planned(line(5), without=(3,)) == [2, 3, 4]


def test_of_two_that_would_do_the_one_with_more_power_is_named():
    for weary, named in ((2, [3, 4]), (3, [2, 4])):
        made = LinkTable(10, 1000)
        square = {1: [2, 3], 2: [1, 4], 3: [1, 4], 4: [2, 3, 5], 5: [4]}
        for by in sorted(square):
            made.hear(report(by, square[by], 0 if by == weary else MAINS), 0, 0)
        links = [(weary, 0) if n == weary else n for n in square[1]]
        made.hear(report(1, links), 0, 0)
        links = [(weary, 0) if n == weary else n for n in square[4]]
        made.hear(report(4, links), 0, 0)
        assert planned(made) == named


def test_who_was_named_before_stays_where_others_would_do_as_well():
    square = {1: [2, 3], 2: [1, 4], 3: [1, 4], 4: [2, 3, 5], 5: [4]}
    assert planned(square, last=(2, 4)) == [2, 4]
    assert planned(square, last=(3, 4)) == [3, 4]


def test_each_plan_is_connected_and_serves_all():
    dice = Dice(5)
    for _ in range(6):
        links = {n: set() for n in range(1, 31)}
        for n in range(2, 31):
            for _ in range(2):
                other = dice.randrange(n - 1) + 1
                links[n].add(other)
                links[other].add(n)
        named = planned({n: sorted(links[n]) for n in links})
        reached = {named[0]}
        for _ in named:
            reached |= {n for n in named if links[n] & reached}
        assert sorted(reached) == named
        assert not [n for n in links if n not in reached and not links[n] & reached]
        assert len(named) < 20
