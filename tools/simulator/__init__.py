"""The simulator: many nodes, virtual time, a model of the air; one seed gives one result.

`engine` is time, `air` is the channel, `lora` and `espnow` are the two radios' figures, `station`
is anything that owns a radio, `peers` are other protocols on the same air, `network` puts a run
together and `report` says what came of it.
"""


class SimulatorError(Exception):
    """What a user asked for cannot be simulated; the text is one sentence without a full stop."""
