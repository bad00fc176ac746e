"""What every board's image has: the port's own modules, asyncio among them, and the firmware."""

include("$(PORT_DIR)/boards/manifest.py")
package("skein", base_path="../firmware")
package("device", base_path="../firmware")
module("main.py", base_path="../firmware")
