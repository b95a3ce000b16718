"""Mark enrollments as started and as completed."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..db import db, transaction
from ..db.functions import any_of, array_param
from ..db.query import Query
from ..paths.models import Path
from . import signals
from .models import ACTIVE, COMPLETED, Enrollment, EnrollmentEvent

LOCK_ACTIVE = Query(
    sa.select(Enrollment.id, Enrollment.path_slug, Enrollment.started_at)
    .where(Enrollment.user_id == sa.bindparam("user_id"), Enrollment.status == ACTIVE)
    .where(any_of(Enrollment.path_slug, array_param("paths")))
    .order_by(Enrollment.path_slug)
    .with_for_update(key_share=True)
)


def mark_started(condition: sa.ColumnElement[bool]) -> None:
    """Set `started_at` of the active enrollments that match `condition`, in one statement."""
    db.session.execute(
        sa.update(Enrollment)
        .where(Enrollment.status == ACTIVE, Enrollment.started_at.is_(None), condition)
        .values(started_at=now())
        .execution_options(synchronize_session=False)
    )


def mark_completed(condition: sa.ColumnElement[bool]) -> int:
    """Complete the active enrollments that match `condition`; send a signal for each.

    It takes two statements for any number of enrollments. Call it with them locked.
    Returns their number.
    """
    moment = now()
    version = sa.select(Path.version).where(Path.slug == Enrollment.path_slug).scalar_subquery()
    completed = db.session.execute(
        sa.update(Enrollment)
        .where(Enrollment.status == ACTIVE, condition)
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
        events = [
            {
                "enrollment_id": row.id,
                "kind": "completed",
                "details": {"completed_path_version": row.completed_path_version},
                "at": moment,
            }
            for row in completed
        ]
        db.session.execute(sa.insert(EnrollmentEvent), events)
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
