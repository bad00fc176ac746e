"""Keys by which the boards of a mesh authenticate their frames."""

import hashlib
import secrets

from tools.hardware import settings
from tools.hardware.port import Port

_BYTES = 16


def new() -> str:
    """A key that nobody can guess: 32 hexadecimal digits."""
    return secrets.token_hex(_BYTES)


def fingerprint(key: str) -> str:
    """Eight digits by which keys are compared without being shown."""
    return hashlib.sha256(f"skein {key}".encode()).hexdigest()[:8]


def of(port: Port) -> str | None:
    """The key of a board, or None."""
    return settings.given_in(settings.read(port)).get("key") or None


def put(port: Port, key: str) -> None:
    """Give a board a key, or none where that is empty, and restart it.  Raises BoardError."""
    text = settings.changed(settings.read(port), [f'key="{key}"' if key else "key="])
    settings.write(port, text)
