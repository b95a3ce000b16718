"""The rules once more, said differently and slowly: what the service's answers are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from learnpath.progress.rules.modules import Happening, State
from learnpath.progress.rules.paths import Course


def what_it_comes_to(events: Iterable[Happening]) -> State:
    """Rule 9 as sentences about the whole set, where the rule book folds one by one."""
    known = list({event.id: event for event in events}.values())
    reset_at = max((one.occurred_at for one in known if one.kind == "reset"), default=None)
    live = [
        one
        for one in known
        if one.kind != "reset" and (reset_at is None or one.occurred_at > reset_at)
    ]
    completions = [one.occurred_at for one in live if one.kind == "completed"]
    revisions = [one.revision for one in live if one.kind == "completed" and one.revision]
    placed = [one for one in live if one.position is not None]
    last = max(placed, key=lambda one: (one.occurred_at, one.id), default=None)
    return State(
        started_at=min((one.occurred_at for one in live), default=None),
        last_activity_at=max((one.occurred_at for one in known), default=None),
        first_completed_at=min(
            (one.occurred_at for one in known if one.kind == "completed"), default=None
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


def is_completed_by(events: Iterable[Happening]) -> bool:
    """Rule 9: some completion since the last reset has no reopening after it."""
    known = list(events)
    resets = [one.occurred_at for one in known if one.kind == "reset"]
    reopened = [one.occurred_at for one in known if one.kind == "reopened"]
    return any(
        one.kind == "completed"
        and all(one.occurred_at > moment for moment in resets)
        and all(one.occurred_at >= moment for moment in reopened)
        for one in known
    )


def percent(course: Course, work: Mapping[str, str]) -> int | None:
    """Rule 6, by counting up instead of dividing."""
    required = [place.module for place in course.places if place.required]
    satisfied = [one for one in required if work.get(one) in ("completed", "waived")]
    if not required:
        return None
    floored = max(n for n in range(101) if n * len(required) <= 100 * len(satisfied))
    is_started = any(
        work.get(place.module, "not_started") != "not_started" for place in course.places
    )
    return 1 if floored == 0 and is_started else floored


def is_locked_by(course: Course, work: Mapping[str, str], module: str) -> bool:
    """Rule 7 for one path."""
    standing = [place.module for place in course.places]
    index = standing.index(module)
    before = [place.module for place in course.places[:index] if place.required]
    needs = {*course.places[index].requires} & {*standing}
    if course.is_sequential and course.places[index].required:
        needs |= {*before[-1:]}
    is_open = all(work.get(one) in ("completed", "waived") for one in needs)
    return work.get(module, "not_started") == "not_started" and not is_open


def locked(courses: Sequence[Course], work: Mapping[str, str]) -> set[str]:
    """Rule 7 over all the paths that somebody follows."""
    everything = {place.module for course in courses for place in course.places}

    def every_path_locks(module: str) -> bool:
        standing_in = [
            course for course in courses if module in [one.module for one in course.places]
        ]
        return all(is_locked_by(course, work, module) for course in standing_in)

    return {module for module in everything if every_path_locks(module)}


def stored_event(row: Any) -> Happening:
    """Return a stored event as the rules see it."""
    return Happening(**{name: getattr(row, name) for name in Happening.__dataclass_fields__})
