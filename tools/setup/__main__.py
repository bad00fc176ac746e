"""`python3 -m tools.setup python|micropython`: what `make setup` calls."""

import sys
import time

if sys.version_info < (3, 11):  # noqa: UP036 - said before an import fails for that reason
    sys.exit("setup: Python 3.11 or newer is needed; PYTHON=... names one to `make`.")

from tools.setup import SetupError, micropython_runtime, python_environment


def main(what: str) -> int:
    started = time.monotonic()
    print(f"setup: {what} ...", flush=True)
    if what == "python":
        python_environment.install()
        print(f"setup: .venv is ready ({time.monotonic() - started:.0f} s)")
        return 0
    try:
        runtime = micropython_runtime.install()
        print(f"setup: {micropython_runtime.describe(runtime)}")
    except SetupError as error:
        # The tests on CPython need no MicroPython, so this is a remark and not an end.
        print(f"setup: without MicroPython, since {error}.")
        print("setup: `make test` runs its CPython part; `make demo` needs a MicroPython.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except SetupError as error:
        sys.exit(f"setup: {error}.")
