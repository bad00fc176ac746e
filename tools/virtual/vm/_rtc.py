"""The real-time clock: only its memory, which lives through resets and ends with the power."""

from _process import read_state, state_folder

_MOST_BYTES = 2048


class RTC:
    def memory(self, data=None):
        if data is None:
            return read_state("/rtc")
        if len(data) > _MOST_BYTES:
            raise ValueError("buffer too long")
        with state_folder().open("/rtc", "wb") as file:
            file.write(data)
        return None
