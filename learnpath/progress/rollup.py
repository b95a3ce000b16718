"""A learner's progress on a path, and the next module of each path."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from ..db import db
from ..enrollments import services as enrollments
from ..enrollments.models import ACTIVE
from ..modules.models import PUBLISHED, Module
from ..paths import services as paths
from ..paths.models import Path, PathModule
from ..users import services as users
from . import queries
from .models import Progress
from .rules.events import NOT_STARTED, State
from .rules.paths import (
    PathOutline,
    Statuses,
    is_satisfied,
    locked_modules,
    minutes_left,
    next_module,
    percent_of,
)
from .services import progress_dict
from .store import Change

Locked = Mapping[str, list[str]]  # module slug → the modules to do first


def next_modules(user_id: int) -> list[dict[str, Any]]:
    """Return the next module of each path that a user follows actively. Raises UserNotFound."""
    users.get_profile(user_id)
    outlines = queries.active_paths(user_id)
    statuses = queries.module_statuses(user_id, outlines)
    return _next_of_each(outlines, statuses, locked_modules(outlines, statuses))


def get_rollup(user_id: int, slug: str) -> dict[str, Any]:
    """Return a user's progress on a path, module by module. Raises UserNotFound, PathNotFound."""
    users.get_profile(user_id)
    enrollment = enrollments.find_enrollment(user_id, slug)
    visible = paths.VISIBLE_TO_ENROLLED if enrollment else paths.PUBLIC
    path = paths.get_path(slug, Path.status.in_(visible))
    rows = _modules_with_progress(user_id, slug)
    outline = queries.path_outline(slug)
    active_paths = queries.active_paths(user_id)
    statuses = queries.module_statuses(user_id, [outline, *active_paths])
    is_active = enrollment is not None and enrollment.status == ACTIVE
    is_completed = enrollment is not None and enrollment.completed_at is not None
    locked = locked_modules(active_paths, statuses) if is_active else {}
    percent = percent_of(outline, statuses)
    return {
        "path": path.slug,
        "title": path.title,
        "status": enrollment.status if enrollment else "not_enrolled",
        "percent": percent,
        **_counts(outline, statuses),
        "has_new_content": is_completed and percent not in (None, 100),  # rule 2
        "due_at": enrollment.due_at if enrollment else None,
        "overdue": bool(enrollment and enrollment.overdue),
        "minutes_left": minutes_left(outline, statuses),
        "next": _next_dict(outline, statuses, locked),
        "modules": [
            _module_dict(path_module, module, progress, locked)
            for path_module, module, progress in rows
        ],
    }


def outcome_dict(change: Change) -> dict[str, Any]:
    """Return what a write changed, unlocked and completed, as clients see it."""
    return {
        "changed": change.changed,
        "unlocked": change.unlocked,
        "completed_paths": change.completed_paths,
    }


def change_dict(change: Change) -> dict[str, Any]:
    """Return a module after a write, the outcome of the write, and the next module."""
    before = change.before
    statuses = {**before.statuses, before.module: change.state.status}
    locked = locked_modules(before.paths, statuses)
    outlines = [
        path for path in before.paths if any(item.module == before.module for item in path.modules)
    ]
    entries = _next_of_each(outlines, statuses, locked)
    return {
        "progress": progress_dict(before.module, change.state, before.revision),
        **outcome_dict(change),
        "next": entries[0] if entries else None,
    }


def _next_of_each(
    outlines: Iterable[PathOutline], statuses: Statuses, locked: Locked
) -> list[dict[str, Any]]:
    entries = (_next_dict(outline, statuses, locked) for outline in outlines)
    return [entry for entry in entries if entry]


def _next_dict(outline: PathOutline, statuses: Statuses, locked: Locked) -> dict[str, Any] | None:
    item = next_module(outline, statuses, locked)
    if item is None:
        return None
    return {
        "path": outline.slug,
        "module": item.module,
        "required": item.required,
        "state": statuses.get(item.module, NOT_STARTED),
        "estimated_minutes": item.minutes,
        "path_percent": percent_of(outline, statuses),
    }


def _counts(outline: PathOutline, statuses: Statuses) -> dict[str, int]:
    required = outline.required
    optional = [item.module for item in outline.modules if not item.required]
    return {
        "required": len(required),
        "required_done": sum(is_satisfied(statuses, module) for module in required),
        "optional": len(optional),
        "optional_done": sum(is_satisfied(statuses, module) for module in optional),
    }


def _modules_with_progress(user_id: int, slug: str) -> list[Any]:
    """Return the published modules of a path, each with the user's progress on it: one query."""
    own = sa.and_(Progress.module_slug == PathModule.module_slug, Progress.user_id == user_id)
    rows = (
        sa.select(PathModule, Module, Progress)
        .join(Module, Module.slug == PathModule.module_slug)
        .outerjoin(Progress, own)
        .where(PathModule.path_slug == slug, Module.status == PUBLISHED)
        .order_by(PathModule.position)
    )
    return list(db.session.execute(rows))


def _module_dict(
    path_module: PathModule, module: Module, progress: Progress | None, locked: Locked
) -> dict[str, Any]:
    state = progress.state if progress else State()
    return {
        "position": path_module.position,
        "required": path_module.required,
        "requires": path_module.requires,
        "module": module,
        "state": state.status,
        "percent": state.percent,
        "locked": module.slug in locked,
        "blocked_by": locked.get(module.slug, []),
        "outdated": state.is_outdated(module.revision),
        "completed_at": state.completed_at,
    }
