"""Fills a board's flash folder as a deployment fills a chip's flash.

Packages are compiled to .mpy; files at the top (boot.py, main.py, app.py) stay sources, since
that is what a person edits.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from tools.mpy import compiler


def fill(
    folder: Path, firmware: Path | None, app: Path | None, config: Mapping[str, object] | None
) -> None:
    """Empty `folder` and put into it what is given: firmware/, the app, config.json."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if firmware is not None:
        for source in sorted(firmware.glob("*.py")):
            shutil.copyfile(source, folder / source.name)
        for name, code in compiler.firmware(firmware).items():
            target = folder / compiler.place_of(name)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(code, target)
    if app is not None:
        shutil.copyfile(app, folder / "app.py")
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config))
