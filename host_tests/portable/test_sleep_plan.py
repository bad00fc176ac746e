"""What the setting `sleep` means."""

from device.sleep_plan import plan


def planned(sleep, radio="espnow"):
    return plan({"sleep": sleep, "radio": radio})


def test_the_kind_and_the_seconds_stand_in_one_setting():
    assert planned("light:10") == ((False, 10000), None)
    assert planned("deep:3600") == ((True, 3600000), None)


def test_what_is_no_good_is_told_and_the_board_stays_awake():
    for sleep in ("light", "deep:", "deep:0", "deep:3601", "deep:-1", "nap:10", "light:1.5"):
        nothing, mistake = planned(sleep)
        assert nothing is None and "'sleep' must be" in mistake


def test_only_espnow_sleeps():
    assert "ESP-NOW" in planned("light:10", "lora:LONG_FAST")[1]
