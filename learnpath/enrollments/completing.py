"""Noting that paths were begun and completed, for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..columns import is_among, words
from ..extensions import db, transaction
from ..paths.models import Path
from ..prepared import Prepared
from . import signals
from .models import ACTIVE, COMPLETED, Enrollment, EnrollmentAct

LOCK_ACTIVE = Prepared(
    sa.select(Enrollment.id, Enrollment.path_slug, Enrollment.started_at)
    .where(Enrollment.user_id == sa.bindparam("user_id"), Enrollment.status == ACTIVE)
    .where(is_among(Enrollment.path_slug, words("paths")))
    .order_by(Enrollment.path_slug)
    .with_for_update(key_share=True)
)


def begin(which: sa.ColumnElement[bool]) -> None:
    """Note for the active enrollments that match that their path has been begun: one statement."""
    db.session.execute(
        sa.update(Enrollment)
        .where(Enrollment.status == ACTIVE, Enrollment.started_at.is_(None), which)
        .values(started_at=now())
        .execution_options(synchronize_session=False)
    )


def complete(which: sa.ColumnElement[bool]) -> int:
    """Complete the active enrollments that match, for good; announce each once.

    Two statements, whatever the size of the class. Call it with those enrollments locked.
    Returns how many there were.
    """
    moment = now()
    version = sa.select(Path.version).where(Path.slug == Enrollment.path_slug).scalar_subquery()
    completed = db.session.execute(
        sa.update(Enrollment)
        .where(Enrollment.status == ACTIVE, which)
        .values(status=COMPLETED, completed_at=moment, completed_path_version=version)
        .returning(
            Enrollment.id,
            Enrollment.user_id,
            Enrollment.path_slug,
            Enrollment.completed_path_version,
        )
        .execution_options(synchronize_session=False)
    ).all()
    if completed:
        acts = [
            {
                "enrollment_id": row.id,
                "act": "completed",
                "details": {"completed_path_version": row.completed_path_version},
                "at": moment,
            }
            for row in completed
        ]
        db.session.execute(sa.insert(EnrollmentAct), acts)
    for row in completed:
        signals.path_completed.send(
            Enrollment, enrollment_id=row.id, user_id=row.user_id, path=row.path_slug
        )
    return len(completed)


def lock_active(user_id: int, paths: Sequence[str]) -> Sequence[Any]:
    """Lock a user's active enrollments in `paths`, in the order of the slugs.

    Returns their `id`, `path_slug` and `started_at`.
    """
    return transaction.all(LOCK_ACTIVE, user_id=user_id, paths=list(paths))
