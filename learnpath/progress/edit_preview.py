"""Counting the learners that an edit of a path's modules would affect, before it is made."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ..db import db
from ..enrollments.models import ACTIVE, WITHDRAWN, Enrollment
from ..modules.models import PUBLISHED
from ..paths import path_modules
from ..paths.models import Path, PathModule
from . import queries
from .models import Progress
from .rules import paths as rules
from .rules.paths import PathOutline, Statuses, is_complete, missing_prerequisites, percent_of

BATCH = 1000  # learners


def count_affected(
    path: Path, items: list[dict[str, Any]], readable: sa.ColumnElement[bool]
) -> dict[str, int]:
    """Count the enrolled learners affected if `items` replaced the modules of a path.

    `newly_completed` would complete the path at once, `with_new_content` have completed it
    and would have something left to do, and for `newly_locked` a module would be locked that
    this path does not lock now. Nothing is written. Raises what the edit would raise.
    """
    before = queries.path_outline(path.slug)
    after = _outline(path, path_modules.check_modules(path, items, readable))
    enrolled = sa.select(Enrollment.user_id, Enrollment.status, Enrollment.completed_at).where(
        Enrollment.path_slug == path.slug, Enrollment.status != WITHDRAWN
    )
    enrollments = db.session.execute(enrolled).all()
    counts = Counter(newly_completed=0, with_new_content=0, newly_locked=0)
    for start in range(0, len(enrollments), BATCH):
        batch = enrollments[start : start + BATCH]
        statuses = _statuses_of([row.user_id for row in batch], [before, after])
        for row in batch:
            counts.update(_effects(row, statuses[row.user_id], before, after))
    return dict(counts)


def _effects(
    enrollment: Any, statuses: Statuses, before: PathOutline, after: PathOutline
) -> dict[str, bool]:
    is_active = enrollment.status == ACTIVE
    locked_before = missing_prerequisites(before, statuses)
    unlocked = {item.module for item in before.modules} - locked_before.keys()
    return {
        "newly_completed": is_active and is_complete(after, statuses),
        "with_new_content": enrollment.completed_at is not None
        and _has_work_left(after, statuses)
        and not _has_work_left(before, statuses),
        "newly_locked": is_active
        and not unlocked.isdisjoint(missing_prerequisites(after, statuses)),
    }


def _has_work_left(path: PathOutline, statuses: Statuses) -> bool:
    return percent_of(path, statuses) not in (None, 100)


def _outline(path: Path, modules: Iterable[PathModule]) -> PathOutline:
    return PathOutline(
        slug=path.slug,
        modules=tuple(
            rules.PathModule(
                module=item.module_slug, required=item.required, requires=tuple(item.requires)
            )
            for item in modules
            if item.module.status == PUBLISHED
        ),
        is_sequential=path.order_policy == "sequential",
    )


def _statuses_of(user_ids: Sequence[int], paths: Iterable[PathOutline]) -> Mapping[int, Statuses]:
    modules = {item.module for path in paths for item in path.modules}
    statuses: dict[int, dict[str, str]] = defaultdict(dict)
    rows = sa.select(Progress.user_id, Progress.module_slug, Progress.status).where(
        Progress.user_id.in_(user_ids), Progress.module_slug.in_(modules)
    )
    for user_id, module, status in db.session.execute(rows):
        statuses[user_id][module] = status
    return statuses
