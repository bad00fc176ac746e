"""The long job of `make long`: the queue beside its plain model, at least 100,000 operations.

Not collected by `make test`, which plays shorter games of the same kind.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import RING_STARTS, Dice
from queue_model import play_event_queue

EXAMPLES = 60
STEPS = 1000  # of each at least a push, a question for the deadline and a take


@settings(deadline=None, derandomize=True, max_examples=EXAMPLES, database=None)
@given(st.integers(1, 1 << 20), st.sampled_from(RING_STARTS), st.integers(1, 40))
def test_the_queue_agrees_with_its_model_over_many_operations(seed, start, capacity):
    play_event_queue(Dice(seed), start, STEPS, capacity)
