"""Locks, percent and the next module of a path, from the statuses of its modules (rules 6, 7)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from .events import NOT_STARTED, SATISFYING, SKIPPED

Statuses = Mapping[str, str]  # module slug → status; a missing module is not started


@dataclass(frozen=True, kw_only=True)
class PathModule:
    """A published module's place in a path."""

    module: str
    required: bool = True
    requires: tuple[str, ...] = ()
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class PathOutline:
    """A path with its published modules in order: all that the rules need."""

    slug: str
    modules: tuple[PathModule, ...]
    is_sequential: bool = False

    @property
    def required(self) -> list[str]:
        """The slugs of the required modules."""
        return [item.module for item in self.modules if item.required]


def is_satisfied(statuses: Statuses, module: str) -> bool:
    """Return whether a module is completed or waived."""
    return statuses.get(module) in SATISFYING


def missing_prerequisites(path: PathOutline, statuses: Statuses) -> dict[str, list[str]]:
    """Return, for each module that one path locks, the modules to do first (rule 7).

    A module that is started, completed, skipped or waived is never locked. Prerequisites
    that are not published modules of the path are ignored.
    """
    present = {item.module for item in path.modules}
    locked: dict[str, list[str]] = {}
    previous: str | None = None  # the required module before this one
    for item in path.modules:
        needs = [module for module in item.requires if module in present]
        if path.is_sequential and item.required and previous and previous not in needs:
            needs.append(previous)
        missing = [module for module in needs if not is_satisfied(statuses, module)]
        if missing and statuses.get(item.module, NOT_STARTED) == NOT_STARTED:
            locked[item.module] = missing
        if item.required:
            previous = item.module
    return locked


def locked_modules(paths: Iterable[PathOutline], statuses: Statuses) -> dict[str, list[str]]:
    """Return the modules that are locked for a learner who follows `paths` actively (rule 7).

    A module is locked only if *every* one of these paths that contains it locks it. The
    values are the modules to do first.
    """
    locked: dict[str, list[str]] = {}
    unlocked: set[str] = set()
    for path in paths:
        missing = missing_prerequisites(path, statuses)
        for item in path.modules:
            if item.module not in missing:
                unlocked.add(item.module)
            else:
                needs = locked.setdefault(item.module, [])
                needs += [slug for slug in missing[item.module] if slug not in needs]
    return {module: needs for module, needs in locked.items() if module not in unlocked}


def percent_of(path: PathOutline, statuses: Statuses) -> int | None:
    """Return the percent of a path (rule 6), floored; None if the path requires nothing."""
    required = path.required
    if not required:
        return None
    satisfied = sum(is_satisfied(statuses, module) for module in required)
    percent = 100 * satisfied // len(required)
    return 1 if percent == 0 and is_started(path, statuses) else percent


def is_started(path: PathOutline, statuses: Statuses) -> bool:
    """Return whether any module of a path is started, completed, skipped or waived."""
    return any(statuses.get(item.module, NOT_STARTED) != NOT_STARTED for item in path.modules)


def is_complete(path: PathOutline, statuses: Statuses) -> bool:
    """Return whether all required modules are done; False if the path requires nothing."""
    return percent_of(path, statuses) == 100


def next_module(
    path: PathOutline, statuses: Statuses, locked: Collection[str]
) -> PathModule | None:
    """Return the first open required module, or else the first open optional one."""
    open_modules = [
        item
        for item in path.modules
        if item.module not in locked and statuses.get(item.module) not in (*SATISFYING, SKIPPED)
    ]
    return min(open_modules, key=lambda item: not item.required, default=None)


def minutes_left(path: PathOutline, statuses: Statuses) -> int:
    """Return the estimated minutes of the required modules that are not done."""
    return sum(
        item.minutes
        for item in path.modules
        if item.required and not is_satisfied(statuses, item.module)
    )
