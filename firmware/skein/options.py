"""The parts of a node that only some settings ask for; where none does, this is not imported.

The names of what stays away would take heap on every board, so they stand here.
"""


def equip(node, settings, link, dice) -> None:
    """Give a node that is being built what its settings ask for."""
    if settings.ordered:
        from skein.ordering import Ordering  # noqa: PLC0415 - here and below: its code takes heap

        Ordering(settings.ordered, node.id, node.diffusion, link.is_slow)
    if settings.members or settings.cell:
        from skein.cell import Cell  # noqa: PLC0415

        node.cell = Cell(settings, node, link, dice)
    if settings.summary_ms or settings.confirmed or settings.store_bytes or settings.sends:
        from skein.errands import courier_of  # noqa: PLC0415

        node.courier = courier_of(settings, node, link, dice)
    if settings.state:
        from skein.replica import Replica  # noqa: PLC0415

        node.replica = Replica(settings.state, node, link, dice)
        node.parts.append(node.replica)
    if settings.repair and not link.is_slow:  # a slow link's relay repairs in its own way
        from skein.anti_entropy import AntiEntropy  # noqa: PLC0415

        node.repair = AntiEntropy(settings.repair, node, link, dice)
        node.parts.append(node.repair)
    if settings.two_hops and not link.is_slow:  # a slow link's relay has such knowledge always
        from skein.two_hops import TwoHops  # noqa: PLC0415

        node.two_hops = TwoHops(node, link, dice)
        node.parts.append(node.two_hops)
    if settings.updates:
        from skein.updates import Updates  # noqa: PLC0415

        node.updates = Updates(settings.updates, node, link)
        node.parts.append(node.updates)
