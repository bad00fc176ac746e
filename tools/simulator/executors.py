"""Where many runs are worked off: the cores of this machine, or a Dask cluster."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager

from tools.simulator import SimulatorError
from tools.simulator.network import Plan, Run

_CONNECT_S = 5


@contextmanager
def executor_of(dask_address: str | None = None) -> Iterator[Executor]:
    """All cores of this machine, or the workers of the scheduler at `dask_address`.

    Raises SimulatorError when Dask is not installed or no scheduler answers there.
    """
    if dask_address is None:
        with ProcessPoolExecutor() as pool:
            yield pool
        return
    with _client(dask_address) as client, client.get_executor(pure=False) as executor:
        yield executor


def reports_of(
    plans: list[Plan], executor: Executor, progress: Callable[[float], None]
) -> list[dict]:
    """Run every plan; the reports in the order of the plans, whoever ran them."""
    futures = {executor.submit(report_on, plan): place for place, plan in enumerate(plans)}
    reports: list[dict] = [{}] * len(plans)
    for done, future in enumerate(as_completed(futures), 1):
        reports[futures[future]] = future.result()
        progress(done / len(plans))
    return reports


def report_on(plan: Plan) -> dict:
    """One run from begin to end. `wall_s` is left out: it is the machine's, not the run's."""
    report = Run(plan).go()
    del report["wall_s"]
    return report


def _client(address):
    try:
        from distributed import Client  # noqa: PLC0415 - only this option needs it, and it is large
    except ImportError:
        raise SimulatorError("Dask is not installed: pip install 'skein[cluster]'") from None
    try:
        return Client(address, timeout=_CONNECT_S)
    except (OSError, ValueError, TimeoutError):
        raise SimulatorError(f"no Dask scheduler answers at {address}") from None
