"""Queries for what the rules need: a fixed number, whatever the size of the paths."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from ..db import transaction
from ..db.functions import any_of, array_param
from ..db.query import Query
from ..enrollments.models import ACTIVE, WITHDRAWN, Enrollment
from ..modules.models import PUBLISHED, Module
from ..paths.models import Path, PathModule
from .models import Event, Progress
from .rules import paths as rules
from .rules.events import ProgressEvent
from .rules.paths import PathOutline

PATH_MODULES = (
    sa.select(
        Path.slug,
        Path.order_policy,
        PathModule.module_slug,
        PathModule.required,
        PathModule.requires,
        Module.estimated_minutes,
    )
    .join(PathModule, PathModule.path_slug == Path.slug)
    .join(Module, Module.slug == PathModule.module_slug)
    .where(Module.status == PUBLISHED)
    .order_by(Path.slug, PathModule.position)
)
MODULES_OF_PATH = Query(PATH_MODULES.where(Path.slug == sa.bindparam("path")))
MODULES_OF_ACTIVE_PATHS = Query(
    PATH_MODULES.join(Enrollment, Enrollment.path_slug == Path.slug).where(
        Enrollment.user_id == sa.bindparam("user_id"), Enrollment.status == ACTIVE
    )
)
ROW = Query(
    sa.select(*Progress.__table__.columns).where(
        Progress.user_id == sa.bindparam("user_id"), Progress.module_slug == sa.bindparam("module")
    )
)
MODULE_STATUSES = Query(
    sa.select(Progress.module_slug, Progress.status).where(
        Progress.user_id == sa.bindparam("user_id"),
        any_of(Progress.module_slug, array_param("modules")),
    )
)


def get_row(user_id: int, module: str) -> Any:
    """Return a user's progress row on a module, or None."""
    return transaction.first(ROW, user_id=user_id, module=module)


def active_paths(user_id: int) -> list[PathOutline]:
    """Return the paths that a user follows actively, with their published modules."""
    return _outlines(transaction.all(MODULES_OF_ACTIVE_PATHS, user_id=user_id))


def joined_paths(user_id: int) -> list[PathOutline]:
    """Return the paths that a user follows actively or has completed."""
    joined = PATH_MODULES.join(Enrollment, Enrollment.path_slug == Path.slug).where(
        Enrollment.user_id == user_id, Enrollment.status != WITHDRAWN
    )
    return _outlines(transaction.all(joined))


def path_outline(path: str) -> PathOutline:
    """Return one path with its published modules."""
    outlines = _outlines(transaction.all(MODULES_OF_PATH, path=path))
    return outlines[0] if outlines else PathOutline(slug=path, modules=())


def module_statuses(user_id: int, paths: Iterable[PathOutline]) -> dict[str, str]:
    """Return a user's status on every module of `paths`. No modules, no query."""
    modules = {item.module for path in paths for item in path.modules}
    if not modules:
        return {}
    rows = transaction.all(MODULE_STATUSES, user_id=user_id, modules=list(modules))
    return {row.module_slug: row.status for row in rows}


def rows_by_module(*where: sa.ColumnElement[bool]) -> dict[tuple[int, str], Any]:
    """Return the matching progress rows by user id and module slug."""
    rows = transaction.all(sa.select(*Progress.__table__.columns).where(*where))
    return {(row.user_id, row.module_slug): row for row in rows}


def events_by_module(*where: sa.ColumnElement[bool]) -> dict[tuple[int, str], list[ProgressEvent]]:
    """Return the matching events by user id and module slug."""
    events: dict[tuple[int, str], list[ProgressEvent]] = defaultdict(list)
    for row in transaction.all(sa.select(*Event.__table__.columns).where(*where)):
        events[row.user_id, row.module_slug].append(ProgressEvent.from_row(row))
    return events


def _outlines(rows: Iterable[Any]) -> list[PathOutline]:
    modules: dict[tuple[str, str], list[rules.PathModule]] = defaultdict(list)
    for slug, policy, module, required, requires, minutes in rows:
        item = rules.PathModule(
            module=module, required=required, requires=tuple(requires), minutes=minutes or 0
        )
        modules[slug, policy].append(item)
    return [
        PathOutline(slug=slug, modules=tuple(items), is_sequential=policy == "sequential")
        for (slug, policy), items in modules.items()
    ]
