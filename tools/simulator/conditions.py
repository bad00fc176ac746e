"""What can be done to the air during a run: loss, cuts, one-way links, interference."""

from collections.abc import Callable, Iterable


class Conditions:
    """The damage in force now. Losses are shares, 0 (none) to 1 (all)."""

    def __init__(self, nodes: int, dice, on_reach_change: Callable[[], None]):
        self.is_jammed = [False] * nodes
        self.loss_share = 0.0
        self._link_loss_shares: dict[tuple[int, int], float] = {}
        self._cut: set[tuple[int, int]] = set()
        self._dice = dice.stream("loss")
        self._on_reach_change = on_reach_change

    def is_open(self, sender: int, receiver: int) -> bool:
        """False for a direction that was cut."""
        return (sender, receiver) not in self._cut

    def is_lost(self, sender: int, receiver: int) -> bool:
        """Throw the dice for one frame on one link."""
        share = self.loss_share
        if self._link_loss_shares:
            share = self._link_loss_shares.get((sender, receiver), share)
        return share > 0 and self._dice.random() < share

    def lose(self, share: float, links: Iterable[tuple[int, int]] | None = None) -> None:
        """Lose this share of the frames on the named (sender, receiver) links, or on all."""
        if links is None:
            self.loss_share = share
        else:
            self._link_loss_shares.update(dict.fromkeys(links, share))

    def cut(self, links: Iterable[tuple[int, int]]) -> None:
        """Close links, each in the named direction only: one direction makes a one-way link."""
        self._cut.update(links)
        self._on_reach_change()

    def partition(self, groups: Iterable[Iterable[int]]) -> None:
        """Close every link between two of the groups; a node in no group keeps all its links."""
        group_of = {node: at for at, group in enumerate(groups) for node in group}
        self.cut((a, b) for a in group_of for b in group_of if group_of[a] != group_of[b])

    def heal(self, links: Iterable[tuple[int, int]] | None = None) -> None:
        """Open the named directions again, or everything that was cut."""
        self._cut = set() if links is None else self._cut - set(links)
        self._on_reach_change()
