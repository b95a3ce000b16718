"""Publish and archive paths, and keep published paths completable."""

from collections.abc import Collection

import sqlalchemy as sa

from ..clock import now
from ..db import db
from ..modules.models import ARCHIVED, PUBLISHED
from . import signals
from .models import Path, PathModule
from .services import lock_path, modules_of
from .validation import check_completable


def publish(path: Path) -> Path:
    """Make a path visible to everyone. Raises PathNotCompletable."""
    check_completable(path, modules_of(path))
    if path.status != PUBLISHED:
        path.status = PUBLISHED
        path.published_at = path.published_at or now()
    return path


def archive(path: Path) -> Path:
    """Close a path to new learners; enrolled learners continue."""
    path.status = ARCHIVED
    return path


def notify_paths(modules: Collection[str]) -> None:
    """Send `requirements_changed` for every path that contains one of these modules.

    Raises PathNotCompletable for a published path that could no longer be completed.
    """
    paths = sa.select(PathModule.path_slug).where(PathModule.module_slug.in_(modules)).distinct()
    for slug in db.session.scalars(paths.order_by(PathModule.path_slug)).all():
        path = lock_path(slug)
        if path.status == PUBLISHED:
            check_completable(path, modules_of(path))
        signals.requirements_changed.send(Path, path=slug)
