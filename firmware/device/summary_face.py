"""The application's face of summaries: what "summary_ms" in config.json adds."""

from skein.summaries import Summaries
from skein.summary_reader import read


class SummaryFace:
    """mesh.summaries: use(topic, strategy), read(event), status()."""

    def __init__(self, summaries: Summaries):
        self._summaries = summaries

    def use(self, topic: str, strategy) -> None:
        """Summarise a topic by COUNTS 0, NUMBERS 1, SEVERITIES 2 or a strategy of one's own.

        strategy: a number or an object, see skein/strategies.py.  Raises ConfigError.
        """
        self._summaries.use(topic, strategy)

    def read(self, event) -> dict:
        """What a summary tells: count, sources, bounds and more; empty for any other event."""
        return read(event, self._summaries.strategies)

    def status(self) -> dict:
        """Open windows and counters: reports are counted, `lost` are events."""
        summaries = self._summaries
        return {
            "open": summaries.own.count,
            "open_at_tier": summaries.tier.count,
            "reported": summaries.reported,
            "merged": summaries.merged,
            "duplicates": summaries.duplicates,
            "stale": summaries.stale,
            "refused": summaries.refused,
            "closed_early": summaries.closed_early,
            "lost": summaries.lost,
        }
