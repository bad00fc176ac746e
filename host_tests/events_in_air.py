"""Events of one topic, told and read by nodes in the air that they share."""

from fakes import FakeAir
from skein import event as e
from skein import frame as f
from skein.interest_table import HIGH


def mesh(count, wanting=(), topic="anomaly.smoke", **settings):
    """Nodes that have elected a leader and know who of them wants the topic."""
    air = FakeAir(count, **settings)
    for number in wanting:
        air.nodes[number].diffusion.wishes.want(topic, HIGH)
    air.run(4000)
    return air


def emit(air, number, payload=b"x", topic="anomaly.smoke", **changes):
    policy = changes.get("policy", e.ANOMALY_POLICY)
    life_s = changes.get("life_s", 60)
    return air.nodes[number].diffusion.emit(topic, payload, policy, life_s, air.now)


def forget_short(air):
    """As if the tables had been complete for their first lifetime."""
    for node in air.nodes:
        node.diffusion.interests._is_short = False


def payloads(air, number):
    return [event.payload for event in air.events[number]]


def senders_of_events(air):
    """Which nodes transmit an event from now on, and how often."""
    senders, deliver = {}, air.deliver

    def note(sender, frame):
        if f.kind_of(frame) == f.EVENT:
            senders[sender] = senders.get(sender, 0) + 1
        deliver(sender, frame)

    air.deliver = note
    return senders
