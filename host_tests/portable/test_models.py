"""The tables against plain dicts, in long seeded runs across every turn of the ring."""

from fakes import RING_STARTS, Dice
from models import play_interest_table, play_neighbours, play_seen_table
from queue_model import play_event_queue
from skein.ticks import ticks_add


def play_everywhere(play, steps):
    for start in RING_STARTS:
        for seed in (1, 2):
            play(Dice(seed), ticks_add(start, -4000), steps)  # the ring turns in mid-run


def test_the_seen_table_answers_as_a_set_of_numbers_does():
    play_everywhere(play_seen_table, 300)


def test_the_neighbours_are_those_that_a_dict_of_times_holds():
    play_everywhere(play_neighbours, 150)


def test_the_interest_table_keeps_what_a_sorted_dict_keeps():
    play_everywhere(play_interest_table, 150)


def test_the_queue_gives_out_what_a_sorted_list_does():
    play_everywhere(play_event_queue, 200)
