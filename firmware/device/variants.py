"""What few boards are: bridges, keepers of sleepers, sleepers.  Needed once, and only there.

The names of what stays away would take heap on every board, so they stand here.
"""

from device.espnow_link import ESPNowLink
from device.runner import Runner

_found: dict = {}  # by `link`, for the others


def build(settings: dict, wiring: "dict | None", mistakes: list):
    """A board that sleeps; None and one mistake more where the settings are no good for that."""
    from device import sleep_assembly, sleep_plan  # noqa: PLC0415 - here and below: takes heap

    planned, mistake = sleep_plan.plan(settings)
    if not planned:
        mistakes.append(f"config.json: {mistake}.")
        return None
    if wiring:
        wiring["LED"] = wiring["OLED"] = None  # they would stay on through a sleep
    return sleep_assembly.build(settings, mistakes, planned)


def link(settings: dict, wiring: "dict | None", mistakes: list):
    """The ESP-NOW link of a bridge or a keeper.

    Takes out of the settings what cannot be: a LoRa link without a region.
    """
    far_link = None
    _found["sleepers"] = settings["sleepers"]
    if "+" in settings["radio"]:
        from device import bridge_assembly  # noqa: PLC0415

        far_link = bridge_assembly.link(settings, wiring, mistakes)
        if far_link is None:
            settings["radio"] = "espnow"
    _found["far_link"] = far_link
    made: type = ESPNowLink
    if settings["sleepers"]:
        from device.keeper_link import KeeperLink  # noqa: PLC0415

        made = KeeperLink
    return made(settings["channel"], settings["tx_power_dbm"])


def runner(node, near, storage) -> Runner:
    """Runs `node` on the link `near`, which `link` made."""
    made = Runner(node, near, storage)
    if _found["far_link"]:
        from device import bridge_assembly  # noqa: PLC0415

        made = bridge_assembly.runner(node, near, storage, _found["far_link"])
    if _found["sleepers"]:
        near.keep(node, made, _found["sleepers"])
    return made


def equip(mesh, near) -> None:
    """Put into `mesh` what a bridge and a keeper tell."""
    if _found["far_link"]:
        mesh.bridge = mesh.runner
    if _found["sleepers"]:
        mesh.sleepers = near.sleepers
