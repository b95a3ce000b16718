"""The rules once more, said differently and slowly: what the service's answers are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from learnpath.progress.rules.events import ProgressEvent, State
from learnpath.progress.rules.paths import PathOutline


def what_it_comes_to(events: Iterable[ProgressEvent]) -> State:
    """Rule 9 as sentences about the whole set, where the rule book folds one by one."""
    unique = list({event.id: event for event in events}.values())
    reset_at = max((one.occurred_at for one in unique if one.kind == "reset"), default=None)
    live = [
        one
        for one in unique
        if one.kind != "reset" and (reset_at is None or one.occurred_at > reset_at)
    ]
    completions = [one.occurred_at for one in live if one.kind == "completed"]
    revisions = [one.revision for one in live if one.kind == "completed" and one.revision]
    placed = [one for one in live if one.position is not None]
    last = max(placed, key=lambda one: (one.occurred_at, one.id), default=None)
    return State(
        started_at=min((one.occurred_at for one in live), default=None),
        last_activity_at=max((one.occurred_at for one in unique), default=None),
        first_completed_at=min(
            (one.occurred_at for one in unique if one.kind == "completed"), default=None
        ),
        last_completed_at=max(completions, default=None),
        last_reopened_at=max(
            (one.occurred_at for one in live if one.kind == "reopened"), default=None
        ),
        reset_at=reset_at,
        highest_percent=max((one.percent or 0 for one in live), default=0),
        score=max((one.score for one in live if one.score is not None), default=None),
        time_spent=sum(one.time_spent for one in live),
        position=last.position if last else None,
        position_at=last.occurred_at if last else None,
        position_id=last.id if last else None,
        completed_revision=max(revisions, default=None),
    )


def is_completed_by(events: Iterable[ProgressEvent]) -> bool:
    """Rule 9: some completion since the last reset has no reopening after it."""
    unique = list(events)
    resets = [one.occurred_at for one in unique if one.kind == "reset"]
    reopened = [one.occurred_at for one in unique if one.kind == "reopened"]
    return any(
        one.kind == "completed"
        and all(one.occurred_at > moment for moment in resets)
        and all(one.occurred_at >= moment for moment in reopened)
        for one in unique
    )


def percent(path: PathOutline, statuses: Mapping[str, str]) -> int | None:
    """Rule 6, by counting up instead of dividing."""
    required = [item.module for item in path.modules if item.required]
    satisfied = [one for one in required if statuses.get(one) in ("completed", "waived")]
    if not required:
        return None
    floored = max(n for n in range(101) if n * len(required) <= 100 * len(satisfied))
    is_started = any(
        statuses.get(item.module, "not_started") != "not_started" for item in path.modules
    )
    return 1 if floored == 0 and is_started else floored


def is_locked_by(path: PathOutline, statuses: Mapping[str, str], module: str) -> bool:
    """Rule 7 for one path."""
    slugs = [item.module for item in path.modules]
    index = slugs.index(module)
    before = [item.module for item in path.modules[:index] if item.required]
    needs = {*path.modules[index].requires} & {*slugs}
    if path.is_sequential and path.modules[index].required:
        needs |= {*before[-1:]}
    is_open = all(statuses.get(one) in ("completed", "waived") for one in needs)
    return statuses.get(module, "not_started") == "not_started" and not is_open


def locked(paths: Sequence[PathOutline], statuses: Mapping[str, str]) -> set[str]:
    """Rule 7 over all paths that a learner follows."""
    everything = {item.module for path in paths for item in path.modules}

    def every_path_locks(module: str) -> bool:
        containing = [path for path in paths if module in [one.module for one in path.modules]]
        return all(is_locked_by(path, statuses, module) for path in containing)

    return {module for module in everything if every_path_locks(module)}


def stored_event(row: Any) -> ProgressEvent:
    """Return a stored event as the rules see it."""
    return ProgressEvent(
        **{name: getattr(row, name) for name in ProgressEvent.__dataclass_fields__}
    )
