"""RAK3112 (SX1262): what is wired where; boards/README.md has the words."""

CHIP = "esp32s3"
FLASH_MB = 16
PSRAM = "octal"
WIFI_MOST_DBM = 20
STRAPPING = (3, 46)  # the radio's MISO and the green LED
SWITCHES = ()
I2C = ((9, 40),)
PMU = None
LORA = {
    "chip": "sx1262",
    "spi": 1,
    "sck": 5,
    "miso": 3,
    "mosi": 6,
    "cs": 7,
    "reset": 8,
    "busy": 48,
    "dio0": None,
    "dio1": 47,
    "tcxo_millivolts": 1800,
    "dio2_rf_switch": True,
    "rx_enable": None,
    "most_dbm": 22,
}
LED = {"pin": 46, "on": 1, "is_rgb": False}
BUTTON = None
BATTERY = {
    "pmu": False,
    "adc": 1,
    "ratio_percent": 211,
    "attenuation": 3,
    "gate": None,
    "gate_on": None,
}
OLED = None
