"""Wireless Stick Lite V3 (SX1262): what is wired where; boards/README.md has the words."""

CHIP = "esp32s3"
FLASH_MB = 8
PSRAM = None
WIFI_MOST_DBM = 20
STRAPPING = (0, 3)  # the button, and the clock of I2C
SWITCHES = ((36, 0),)  # Vext, active low
I2C = ((2, 3),)
PMU = None
LORA = {
    "chip": "sx1262",
    "spi": 1,
    "sck": 9,
    "miso": 11,
    "mosi": 10,
    "cs": 8,
    "reset": 12,
    "busy": 13,
    "dio0": None,
    "dio1": 14,
    "tcxo_millivolts": 1800,
    "dio2_rf_switch": True,
    "rx_enable": None,
    "most_dbm": 22,
}
LED = {"pin": 35, "on": 1, "is_rgb": False}
BUTTON = 0
BATTERY = {
    "pmu": False,
    "adc": 1,
    "ratio_percent": 512,
    "attenuation": 1,
    "gate": 37,
    "gate_on": 0,
}
OLED = None
