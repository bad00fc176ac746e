"""Installs what the project needs.  Standard library only: it runs before anything is there."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
BUILD = PROJECT / ".build"


class SetupError(Exception):
    """Something the machine lacks, told in one sentence that says what to do."""
