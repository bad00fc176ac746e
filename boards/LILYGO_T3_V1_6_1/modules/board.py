"""T3 v1.6.1 (LoRa32, SX1276): what is wired where; boards/README.md has the words."""

CHIP = "esp32"
FLASH_MB = 4
PSRAM = None
WIFI_MOST_DBM = 20
STRAPPING = (5,)  # the radio's clock; it chooses a timing of SDIO, which is not used
SWITCHES = ()
I2C = ((21, 22),)
PMU = None
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
LED = {"pin": 25, "on": 1, "is_rgb": False}
BUTTON = None
BATTERY = {
    "pmu": False,
    "adc": 35,
    "ratio_percent": 200,
    "attenuation": 3,
    "gate": None,
    "gate_on": None,
}
OLED = {"driver": "ssd1306", "i2c": 0, "address": 0x3C, "reset": None}
