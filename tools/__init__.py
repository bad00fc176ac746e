"""The host side of Skein: everything that runs on a computer and not on a board."""

import sys
from pathlib import Path

# The simulator runs the firmware's own files, which import one another by the chip's names.
_PROJECT = Path(__file__).resolve().parents[1]
sys.path += [str(_PROJECT / "firmware"), str(_PROJECT / "tools" / "stubs")]
