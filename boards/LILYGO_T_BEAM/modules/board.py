"""T-Beam v1.1 and v1.2 (SX1276): what is wired where; boards/README.md has the words."""

CHIP = "esp32"
FLASH_MB = 4
PSRAM = "quad"
WIFI_MOST_DBM = 20
STRAPPING = (5,)  # the radio's clock; it chooses a timing of SDIO, which is not used
SWITCHES = ()
I2C = ((21, 22),)
PMU = {
    "i2c": 0,
    "address": 0x34,
    "irq": 35,
    # By chip id, the steps (register, bits kept, bits set) that switch the radio on.
    "rails": (
        (0x03, ((0x28, 0x0F, 0xF0), (0x12, 0xFF, 0x05))),  # AXP192, v1.1: LDO2 at 3.3 V
        (0x4A, ((0x93, 0x00, 0x1C), (0x90, 0xFF, 0x02))),  # AXP2101, v1.2: ALDO2 at 3.3 V
    ),
}
LORA = {
    "chip": "sx1276",
    "spi": 1,
    "sck": 5,
    "miso": 19,
    "mosi": 27,
    "cs": 18,
    "reset": 23,
    "busy": None,
    "dio0": 26,
    "dio1": 33,
    "tcxo_millivolts": None,
    "dio2_rf_switch": False,
    "rx_enable": None,
    "most_dbm": 17,
}
LED = {"pin": 4, "on": 0, "is_rgb": False}
BUTTON = 38
BATTERY = {
    "pmu": True,
    "adc": None,
    "ratio_percent": 100,
    "attenuation": 0,
    "gate": None,
    "gate_on": None,
}
OLED = {"driver": "ssd1306", "i2c": 0, "address": 0x3C, "reset": None}
