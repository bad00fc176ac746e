"""Reads the id of a node as people write it."""

from skein.errors import ConfigError
from skein.ids import ID_MAX, NOBODY


def parse(text: str) -> int:
    """The id, from its 8 hexadecimal digits.  Raises ConfigError for what is none."""
    try:
        number = int(text, 16)
    except (TypeError, ValueError):
        number = NOBODY
    if NOBODY < number <= ID_MAX:
        return number
    raise ConfigError(f"a node's id is 8 hexadecimal digits, not {text!r}")
