"""Whether a path can be completed: pure functions over its modules."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from ..errors import Conflict, InvalidInput
from ..modules.models import PUBLISHED
from .models import Path, PathModule


class CompletionIssue(NamedTuple):
    """Why a path cannot be completed; `module` is None where it is about the whole path."""

    module: str | None
    reason: str

    def as_dict(self) -> dict[str, str]:
        """Return the issue as JSON, without `module` where it is None."""
        return {name: value for name, value in self._asdict().items() if value is not None}


class PathNotCompletable(Conflict):
    """No learner could complete this path; `problems` lists the reasons."""

    example = {
        "path": "backend-with-flask",
        "problems": [{"module": "flask-app-factory", "reason": "is not published"}],
    }

    def __init__(self, path: str, issues: Sequence[CompletionIssue]) -> None:
        """Put the first issue into the sentence, and all of them into a list."""
        first = f"{issues[0].module or path} {issues[0].reason}"
        super().__init__(
            f"This path could not be completed: {first}.",
            path=path,
            problems=[issue.as_dict() for issue in issues],
        )


def find_issues(path: Path, modules: Sequence[PathModule]) -> list[CompletionIssue]:
    """Return all reasons why `path` could not be completed if it had these modules, in order."""
    required = [(one.module_slug, one.module.status) for one in modules if one.required]
    issues = [
        CompletionIssue(slug, f"is required but {status}, so no learner can complete it")
        for slug, status in required
        if status != PUBLISHED
    ]
    if len(issues) == len(required):
        reason = "requires no published module, so it is never complete"
        issues.append(CompletionIssue(None, reason))
    if cycle := find_cycle(path, modules):
        reason = f"is in a circle of prerequisites: {', '.join(cycle)}"
        issues.append(CompletionIssue(cycle[0], reason))
    return issues


def check_completable(path: Path, modules: Sequence[PathModule]) -> None:
    """Raise PathNotCompletable where no learner could complete a path of these modules."""
    if issues := find_issues(path, modules):
        raise PathNotCompletable(path.slug, issues)


def check_acyclic(path: Path, modules: Sequence[PathModule]) -> None:
    """Raise InvalidInput where these modules would require each other."""
    if cycle := find_cycle(path, modules):
        reason = f"These modules require each other: {', '.join(cycle)}."
        raise InvalidInput(errors={"requires": [reason]})


def find_cycle(path: Path, modules: Sequence[PathModule]) -> list[str]:
    """Return the slugs of a cycle of prerequisites, or an empty list.

    In a sequential path each required module also requires the required one before it.
    """
    present = {one.module_slug for one in modules}
    graph: dict[str, set[str]] = {}
    previous: str | None = None
    for one in modules:
        graph[one.module_slug] = present.intersection(one.requires)
        if one.required:
            if path.order_policy == "sequential" and previous:
                graph[one.module_slug].add(previous)
            previous = one.module_slug
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(dict.fromkeys(error.args[1]))
    return []
