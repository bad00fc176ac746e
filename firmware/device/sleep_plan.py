"""What the setting `sleep` means: needed once, and by the host to check it."""

from micropython import const

_LONGEST_S = const(3600)


def plan(settings: dict) -> "tuple[tuple[bool, int] | None, str | None]":
    """((whether the sleep is deep, its period in ms), None), or (None, what is wrong)."""
    kind, _, period = settings["sleep"].partition(":")
    period_s = int(period) if period.isdigit() else 0
    if kind not in ("light", "deep") or not 1 <= period_s <= _LONGEST_S:
        return None, (
            f'\'sleep\' must be "light:" or "deep:" and 1 to {_LONGEST_S} seconds; '
            "the board stays awake"
        )
    if settings["radio"] != "espnow":
        return None, "only a board with ESP-NOW can sleep; this one stays awake"
    return (kind == "deep", period_s * 1000), None
