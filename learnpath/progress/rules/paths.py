"""What the state of its modules means for a path: locks, percent, what comes next (rules 6, 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .modules import NOT_STARTED, SATISFYING, SKIPPED


@dataclass(frozen=True, kw_only=True)
class Place:
    """A published module's place in a path."""

    module: str
    required: bool = True
    requires: tuple[str, ...] = ()
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Course:
    """A path as the rules see it: its published modules in order."""

    slug: str
    places: tuple[Place, ...]
    is_sequential: bool = False

    @property
    def required(self) -> list[str]:
        """The modules that count."""
        return [place.module for place in self.places if place.required]


Work = Mapping[str, str]  # module slug → status, for the modules that a learner has touched


def is_satisfied(work: Work, module: str) -> bool:
    """Tell whether a module is completed or waived."""
    return work.get(module) in SATISFYING


def blockers_in(course: Course, work: Work) -> dict[str, list[str]]:
    """Return, for each module that one path locks, the modules that must be done first (rule 7).

    Started, done, skipped or waived work never locks again. Prerequisites that are not
    published modules of the path are ignored.
    """
    present = {place.module for place in course.places}
    locked: dict[str, list[str]] = {}
    before: str | None = None  # the required module before this one
    for place in course.places:
        needs = [module for module in place.requires if module in present]
        if course.is_sequential and place.required and before and before not in needs:
            needs.append(before)
        missing = [module for module in needs if not is_satisfied(work, module)]
        if missing and work.get(place.module, NOT_STARTED) == NOT_STARTED:
            locked[place.module] = missing
        if place.required:
            before = place.module
    return locked


def locks(courses: Iterable[Course], work: Work) -> dict[str, list[str]]:
    """Return what is locked over all the paths a learner follows actively (rule 7).

    A module is locked only if *every* such path in which it stands locks it.
    """
    blocked: dict[str, list[str]] = {}
    free: set[str] = set()
    for course in courses:
        in_this_path = blockers_in(course, work)
        for place in course.places:
            if place.module not in in_this_path:
                free.add(place.module)
            else:
                known = blocked.setdefault(place.module, [])
                known += [one for one in in_this_path[place.module] if one not in known]
    return {module: missing for module, missing in blocked.items() if module not in free}


def percent_of(course: Course, work: Work) -> int | None:
    """Return how far a path is (rule 6): floored, 100 only when complete, None for nothing."""
    required = course.required
    if not required:
        return None
    satisfied = sum(is_satisfied(work, module) for module in required)
    percent = 100 * satisfied // len(required)
    return 1 if percent == 0 and is_begun(course, work) else percent


def is_begun(course: Course, work: Work) -> bool:
    """Tell whether anything of a path has been touched."""
    return any(work.get(place.module, NOT_STARTED) != NOT_STARTED for place in course.places)


def is_complete(course: Course, work: Work) -> bool:
    """Tell whether everything required is done; a path that requires nothing never is."""
    return percent_of(course, work) == 100


def next_in(course: Course, work: Work, locked: Mapping[str, Any]) -> Place | None:
    """Return what to do next: the first open required module, then the first open optional one."""
    waiting = [
        place
        for place in course.places
        if place.module not in locked and work.get(place.module) not in (*SATISFYING, SKIPPED)
    ]
    for place in waiting:
        if place.required:
            return place
    return waiting[0] if waiting else None


def minutes_left(course: Course, work: Work) -> int:
    """Return the estimated minutes of the required modules that are not done."""
    return sum(
        place.minutes
        for place in course.places
        if place.required and not is_satisfied(work, place.module)
    )
