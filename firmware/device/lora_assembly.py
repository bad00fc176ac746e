"""Builds the LoRa link of a board from its settings and its wiring: needed once."""

from device import clock, lora_plan
from device.airtime_governor import AirtimeGovernor
from device.lora_link import LoRaLink
from device.storage import Storage
from skein.frame import MTU

LEDGER = "/skein.airtime"


def link(settings: dict, wiring: "dict | None", mistakes: list):
    """A LoRaLink, or a SilentLink and one mistake more where that may not or cannot be."""
    plan, mistake = lora_plan.plan(settings["radio"], settings["region"], settings["mesh"])
    wired = wiring and wiring["LORA"]
    if plan and not wired:
        mistake = "'radio': nothing tells how a LoRa radio is wired; deploy with the board's name"
    if plan is None or mistake:
        mistakes.append(f"config.json: {mistake}.")
        from device.silent_link import SilentLink  # noqa: PLC0415 - seldom needed

        return SilentLink()
    # A Storage of its own: its number is what of the governor's bucket was used, in ms.
    governor = AirtimeGovernor(plan.duty, plan.airtime.of(MTU), Storage(LEDGER), clock.now())
    return LoRaLink(_radio(wired, plan, _power_dbm(settings, wired, plan)), plan, governor)


def _power_dbm(settings, wired, plan):
    power_dbm = min(plan.power_dbm, wired["most_dbm"])
    wished_dbm = settings["tx_power_dbm"]
    return power_dbm if wished_dbm is None else min(power_dbm, wished_dbm)


def _radio(wired, plan, power_dbm):
    if wired["chip"] == "sx1262":
        from device.sx126x_radio import SX126xRadio  # noqa: PLC0415 - a board has one of them

        return SX126xRadio(wired, plan, power_dbm)
    from device.sx127x_radio import SX127xRadio  # noqa: PLC0415

    return SX127xRadio(wired, plan, power_dbm)
