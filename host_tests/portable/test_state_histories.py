"""After any history of loss, partitions and reboots that ends with a mesh, all hold the same."""

from fakes import Dice
from state_air import StateAir

NODES = 5
NAMES = (b"valve", b"door", b"mode", b"lamp")


def play(seed):
    """A random history, then a heal: the air, and the dice as they lie."""
    dice = Dice(seed)
    air = StateAir(NODES, seed=seed, state=24, loss_percent=(0, 10, 30)[dice.randrange(3)])
    for _ in range(25):
        number = dice.randrange(NODES)
        deed = dice.randrange(8)
        if deed < 3:
            name = NAMES[dice.randrange(len(NAMES))]
            air.set(number, name, b"%d" % dice.randrange(1000))
        elif deed == 3:
            air.set(number, NAMES[dice.randrange(len(NAMES))], None)
        elif deed == 4:
            air.count(number, b"cars", 1 + dice.randrange(9))
        elif deed == 5:
            air.split(range(number), range(number, NODES))
        elif deed == 6:
            air.heal()
        else:
            air.reboot(number)
        air.run(dice.randrange(1500))
    air.heal()
    return air, dice


def test_all_hold_the_same_after_any_history():
    for seed in range(6):
        air, _ = play(seed)
        air.settle()
        for name in NAMES + (b"cars",):
            assert len(set(air.values(name))) == 1, (seed, name)


def test_the_latest_write_of_a_connected_mesh_stands_after_any_history():
    for seed in range(6, 9):
        air, dice = play(seed)
        air.settle()
        air.set(dice.randrange(NODES), b"valve", b"last")
        air.settle()
        assert air.values(b"valve") == [b"last"] * NODES, seed
