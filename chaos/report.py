"""The results of the experiments, as a table."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One experiment: whether its promise was kept, and the figures."""

    what: str
    trials: int
    is_kept: bool | None  # None: nothing is promised, the row is for comparison
    figures: str

    def __str__(self) -> str:
        mark = {True: "kept", False: "BROKEN", None: "-"}[self.is_kept]
        return f"| {self.what} | {self.trials} | {mark} | {self.figures} |"


HEAD = "| what | trials | promise | figures |\n|---|---|---|---|"
