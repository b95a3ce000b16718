"""Can this path be completed? Pure functions over its memberships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from ..errors import Conflict, InvalidInput
from .models import PUBLISHED, Path


class Problem(NamedTuple):
    """Why a path cannot be completed; `module` is None where it is about the whole path."""

    module: str | None
    reason: str

    def told(self) -> dict[str, str]:
        """Return the problem as clients see it, without `module` where there is none."""
        return {name: value for name, value in self._asdict().items() if value is not None}


class PathNotCompletable(Conflict):
    """Nobody could complete this path; `problems` says why."""

    example = {
        "path": "backend-with-flask",
        "problems": [{"module": "flask-app-factory", "reason": "is not published"}],
    }

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        """Say what is wrong with `path`: the first problem in the sentence, all as a list."""
        first = f"{problems[0].module or path} {problems[0].reason}"
        told = [problem.told() for problem in problems]
        super().__init__(f"Nobody could complete this path: {first}.", path=path, problems=told)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A module's place in a path, as an author wants it."""

    module: str
    required: bool = True
    requires: tuple[str, ...] = ()
    status: str = PUBLISHED


def problems_of(steps: Sequence[Step], *, is_sequential: bool) -> list[Problem]:
    """Return everything that keeps a path from being completed; nothing if it can be."""
    problems = [
        Problem(step.module, f"is required but {step.status}, so nobody can complete it")
        for step in steps
        if step.required and step.status != PUBLISHED
    ]
    if not any(step.required and step.status == PUBLISHED for step in steps):
        problems.append(Problem(None, "requires no published module, so it is never complete"))
    circle = find_cycle(steps, is_sequential=is_sequential)
    if circle:
        problems.append(Problem(circle[0], f"is in a circle of prerequisites: {', '.join(circle)}"))
    return problems


def refuse_uncompletable(path: Path, steps: Sequence[Step]) -> None:
    """Raise PathNotCompletable where nobody could complete a path of these `steps`."""
    problems = problems_of(steps, is_sequential=path.order_policy == "sequential")
    if problems:
        raise PathNotCompletable(path.slug, problems)


def refuse_cycle(path: Path, steps: Sequence[Step]) -> None:
    """Raise InvalidInput where `steps` would make modules of a path require each other."""
    circle = find_cycle(steps, is_sequential=path.order_policy == "sequential")
    if circle:
        reason = f"These modules require each other: {', '.join(circle)}."
        raise InvalidInput(errors={"requires": [reason]})


def find_cycle(steps: Sequence[Step], *, is_sequential: bool) -> list[str]:
    """Return the modules of a circle of prerequisites, or an empty list.

    In a sequential path each required module also requires the required one before it.
    """
    present = {step.module for step in steps}
    graph: dict[str, set[str]] = {}
    before: str | None = None
    for step in steps:
        graph[step.module] = {module for module in step.requires if module in present}
        if step.required:
            if is_sequential and before:
                graph[step.module].add(before)
            before = step.module
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(dict.fromkeys(error.args[1]))
    return []
