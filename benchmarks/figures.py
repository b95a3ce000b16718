"""The results, as a table and as a picture."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GOALS = {  # share of the baseline: minimum and goal
    "W1": {"postgresql": (0.52, 0.62), "sqlite": (0.52, 0.60)},
    "W2": {"postgresql": (0.48, 0.58), "sqlite": (0.38, 0.45)},
    "W3": {"postgresql": (0.62, 0.72), "sqlite": (0.48, 0.55)},
}
NAMES = {
    "W1": "GET /users/me",
    "W2": "POST /users/me/progress",
    "W3": "GET /users/?page_size=100",
    "W4": "POST /users/login",
    "W5": "70 % me, 20 % progress, 5 % list, 5 % login",
    "W6": "GET /users/me while other clients log in",
    "W7": "start, and memory of a worker",
}


@dataclass
class Slice:
    """The figures of one burst of requests."""

    requests: int
    seconds: float
    errors: int
    p50_ms: float
    p99_ms: float
    cpu_us: float = 0.0  # per request: server and database


@dataclass
class Result:
    """The slices of one workload on one database, of the service and possibly of the baseline."""

    workload: str
    database: str
    service: list[Slice] = field(default_factory=list)
    baseline: list[Slice] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def shares(self) -> list[float]:
        """The CPU time of the baseline per request, divided by that of the service, per slice."""
        return [
            bare.cpu_us / full.cpu_us
            for bare, full in zip(self.baseline, self.service, strict=True)
        ]


def table(results: list[Result]) -> str:
    rows = [
        f"{'':3} {'database':10} {'share of baseline':22} {'goal':12} "
        f"{'service':>19} {'baseline':>17}",
        f"{'':3} {'':10} {'median (min … max)':22} {'must → goal':12} "
        f"{'µs CPU':>8} {'req/s':>10} {'µs CPU':>8} {'req/s':>8}",
    ]
    for result in results:
        service = result.service
        if result.baseline:
            must, goal = GOALS[result.workload][result.database]
            low, middle, high = (pick(result.shares) for pick in (min, statistics.median, max))
            share, aim = f"{middle:.2f} ({low:.2f} … {high:.2f})", f"{must:.2f} → {goal:.2f}"
        else:
            share, aim = "", ""
        row = f"{result.workload:3} {result.database:10} {share:22} {aim:12}"
        if service:
            row += f" {cpu(service):8.0f} {rate(service):10.0f}"
        if result.baseline:
            row += f" {cpu(result.baseline):8.0f} {rate(result.baseline):8.0f}"
        facts = {**result.facts, "errors": sum(one.errors for one in service)}
        notes = ", ".join(f"{name} {value:.3g}" for name, value in facts.items() if value)
        rows.append(f"{row}  {notes}")
    return "\n".join(rows)


def cpu(slices: list[Slice]) -> float:
    return statistics.median(one.cpu_us for one in slices)


def rate(slices: list[Slice]) -> float:
    return statistics.median(one.requests / one.seconds for one in slices)


def picture(results: list[Result], file: Path) -> None:
    """Draw the shares against their goals."""
    import matplotlib  # noqa: PLC0415 - only `make bench` installs it

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    shown = [result for result in results if result.baseline]
    figure, axes = plt.subplots(figsize=(8, 0.7 * len(shown) + 1.6), layout="constrained")
    for place, result in enumerate(reversed(shown)):
        must, goal = GOALS[result.workload][result.database]
        middle = statistics.median(result.shares)
        axes.barh(place, 1, color="#e8eaed", height=0.62)
        axes.barh(place, middle, color="#2f6f4f" if middle >= must else "#b3541e", height=0.62)
        axes.plot([min(result.shares), max(result.shares)], [place, place], color="black", lw=1)
        axes.plot([must, must], [place - 0.4, place + 0.4], color="black", lw=1.5)
        axes.plot([goal, goal], [place - 0.4, place + 0.4], color="black", lw=1.5, ls=":")
        axes.text(0.015, place, f"{middle:.2f}", va="center", color="white", weight="bold")
    names = [f"{NAMES[result.workload]}\n{result.database}" for result in reversed(shown)]
    axes.set_yticks(range(len(shown)), names)
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of the baseline (the same work by hand = 1); line: minimum, dots: goal")
    axes.set_title(
        "learnpath: processor time per request, server and database together", loc="left"
    )
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.savefig(file, dpi=110)
