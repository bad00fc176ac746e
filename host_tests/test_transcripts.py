"""Elections as stories: seeded runs, compared with what is stored in data/transcripts.

`pytest host_tests/test_transcripts.py --update` stores what happens now: read it before.
"""

from pathlib import Path

import pytest

from fakes import RING_STARTS
from transcript import Story

FOLDER = Path(__file__).with_name("data") / "transcripts"


def the_leader_dies_and_comes_back(**settings):
    story = Story(4, seed=1, **settings)
    story.goes_on(8000)
    story.happens("kill", leader(story))
    story.happens("power_on", story.air.nodes.index(None), after_ms=12000)
    story.goes_on(8000)
    return story


def a_partition_elects_and_a_heal_leaves_one_leader(**settings):
    story = Story(5, seed=2, **settings)
    story.goes_on(8000)
    first = leader(story)
    others = [number for number in range(5) if number != first]
    story.happens("split", (first, others[0]), others[1:])
    story.happens("heal", after_ms=15000)
    story.goes_on(10000)
    return story


def a_lonely_node_leads_itself_and_yields(**settings):
    story = Story(3, seed=3, **settings)
    story.goes_on(6000)
    away = (leader(story) + 1) % 3
    story.happens("isolate", away)
    story.happens("heal", after_ms=12000)
    story.goes_on(8000)
    return story


def a_line_of_five_under_loss(**settings):
    story = Story(5, seed=4, loss_percent=20, **settings)
    story.happens("line")
    story.happens("kill", 4, after_ms=15000)
    story.goes_on(20000)
    return story


def lost_heartbeats_are_forgiven_and_a_reboot_is_noticed(**settings):
    story = Story(4, seed=5, **settings)
    story.goes_on(8000)
    first = leader(story)
    story.happens("drop", first)
    story.happens("reboot", first, after_ms=8000)
    story.goes_on(10000)
    return story


SCENES = (
    the_leader_dies_and_comes_back,
    a_partition_elects_and_a_heal_leaves_one_leader,
    a_lonely_node_leads_itself_and_yields,
    a_line_of_five_under_loss,
    lost_heartbeats_are_forgiven_and_a_reboot_is_noticed,
)


def leader(story):
    (number,) = story.air.leaders()
    return number


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_the_story_is_the_stored_one(scene, request):
    path = FOLDER / f"{scene.__name__}.txt"
    text = scene().ends()
    if request.config.getoption("--update"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.exists(), "pytest --update stores what happens now"
    assert text == path.read_text(), "pytest --update stores what happens now"


@pytest.mark.parametrize("start", RING_STARTS)
def test_the_story_is_the_same_wherever_the_ring_of_ticks_begins_or_ends(start):
    """Stepped 1 ms at a time; the last start turns the ring over 20 ms into the story."""
    scene = a_lonely_node_leads_itself_and_yields
    assert scene(start=start, is_stepped=True).ends() == scene().ends()


def test_a_dropped_frame_is_heard_by_nobody_and_the_next_by_all():
    story = Story(3, seed=6)
    story.goes_on(6000)
    air = story.air
    heard = air.nodes[1].frames_in
    air.drop(0)
    air.deliver(0, bytearray(b"\xff" * 20))
    assert air.nodes[1].frames_in == heard
    air.deliver(0, bytearray(b"\xff" * 20))
    assert air.nodes[1].frames_in == heard + 1


def test_parts_are_those_that_reach_each_other_both_ways():
    air = Story(5).air
    air.split((0, 1), (2, 3, 4))
    air.cut_one_way(2, 4)
    air.cut_one_way(3, 4)
    assert sorted(map(sorted, air.parts())) == [[0, 1], [2, 3], [4]]
    air.kill(1)
    air.heal()
    assert air.parts() == [{0, 2, 3, 4}]
