"""`make package`: writes package.json, from which `mpremote mip install` fetches the firmware.

Source: https://docs.micropython.org/en/latest/reference/packages.html
"""

import json
import tomllib

from tools.setup import PROJECT

PLACE = PROJECT / "package.json"
_DRIVERS = ("lora-async", "lora-sx126x", "lora-sx127x", "ssd1306")


def text() -> str:
    """What package.json has to hold: every module of the firmware's packages, and the drivers."""
    firmware = PROJECT / "firmware"
    with open(PROJECT / "pyproject.toml", "rb") as file:
        version = tomllib.load(file)["project"]["version"]
    places = [path.relative_to(firmware).as_posix() for path in sorted(firmware.glob("*/*.py"))]
    content = {
        "version": version,
        "urls": [[place, f"firmware/{place}"] for place in places],
        "deps": [[driver, "latest"] for driver in _DRIVERS],
    }
    return json.dumps(content, indent=4) + "\n"


if __name__ == "__main__":
    PLACE.write_text(text(), encoding="utf-8")
