"""WiFi LoRa 32 V2.1 (SX1276): what is wired where; boards/README.md has the words."""

CHIP = "esp32"
FLASH_MB = 8
PSRAM = None
WIFI_MOST_DBM = 20
STRAPPING = (0, 5, 15)  # the button, the radio's clock, the screen's clock
SWITCHES = ((21, 0),)  # Vext, active low: screen and antenna
I2C = ((4, 15),)
PMU = None
LORA = {
    "chip": "sx1276",
    "spi": 1,
    "sck": 5,
    "miso": 19,
    "mosi": 27,
    "cs": 18,
    "reset": 14,
    "busy": None,
    "dio0": 26,
    "dio1": 35,
    "tcxo_millivolts": None,
    "dio2_rf_switch": False,
    "rx_enable": None,
    "most_dbm": 17,
}
LED = {"pin": 25, "on": 1, "is_rgb": False}
BUTTON = 0
BATTERY = {
    "pmu": False,
    "adc": 37,
    "ratio_percent": 320,
    "attenuation": 3,
    "gate": None,
    "gate_on": None,
}
OLED = {"driver": "ssd1306", "i2c": 0, "address": 0x3C, "reset": 16}
