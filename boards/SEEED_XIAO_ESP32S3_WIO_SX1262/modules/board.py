"""XIAO ESP32S3 with Wio-SX1262 (kit): what is wired where; boards/README.md has the words."""

CHIP = "esp32s3"
FLASH_MB = 8
PSRAM = "octal"
WIFI_MOST_DBM = 20
STRAPPING = ()
SWITCHES = ()
I2C = ((5, 6),)
PMU = None
LORA = {
    "chip": "sx1262",
    "spi": 1,
    "sck": 7,
    "miso": 8,
    "mosi": 9,
    "cs": 41,
    "reset": 42,
    "busy": 40,
    "dio0": None,
    "dio1": 39,
    "tcxo_millivolts": 1800,
    "dio2_rf_switch": True,
    "rx_enable": 38,
    "most_dbm": 22,
}
LED = {"pin": 48, "on": 1, "is_rgb": False}
BUTTON = 21
BATTERY = None
OLED = None
