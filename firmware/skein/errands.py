"""What a node carries for others, as its settings ask for it.  Imported only if they do."""

from skein.courier import Courier


def courier_of(settings, node, link, dice) -> Courier:
    """A courier, with the parts that make and read what it carries."""
    courier = Courier(node, link, dice)
    if settings.summary_ms:
        from skein.summaries import Summaries  # noqa: PLC0415 - its code takes heap

        windows_ms = (settings.summary_ms, settings.tier_ms)
        node.diffusion.summaries = Summaries(courier, settings.origins, windows_ms)
    if settings.confirmed:
        from skein.confirmation import Confirmation  # noqa: PLC0415 - its code takes heap

        Confirmation(settings.confirmed, courier, link, dice)
    if settings.store_bytes:
        from skein.queries import Queries  # noqa: PLC0415 - its code takes heap

        node.diffusion.queries = Queries(courier, settings.store_bytes, dice)
    if settings.sends:
        from skein.sends import Sends  # noqa: PLC0415 - its code takes heap

        Sends(settings.sends, courier, dice)
    return courier
