"""The errors this package raises on purpose.

Nonsense from the air is no error: it is expected outdoors, so it is dropped and counted (see
frame.py).  What is raised here always stems from this side.
"""


class SkeinError(Exception):
    """Base of the errors below; never raised itself."""


class ConfigError(SkeinError):
    """The caller built something with impossible settings."""


class EventError(SkeinError):
    """The application emitted something that no frame can carry; nothing was queued."""
