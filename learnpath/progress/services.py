"""Keep what learners report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from .. import database
from ..clock import now
from ..extensions import db, reads
from ..paths import services as paths
from ..paths.models import UNCATALOGUED, Module
from ..users import services as users
from .models import COMPLETED, IN_PROGRESS, Progress


def report_module(
    user_id: int, module_id: str, completed: bool, at: datetime | None = None
) -> bool:
    """Keep that a learner has, or has not, completed a module; return whether it is news.

    `at` is when it happened: now, unless a time is given.

    One upsert writes the row. A repeat changes nothing, and the date of the first
    completion never moves. Raises UserNotFound, ModuleNotFound, TooManyNewModules.
    """
    users.lock_user(user_id)
    paths.admit_module(module_id, reported_by=user_id)
    moment = at or now()
    report = database.insert(db.session, Progress).values(
        user_id=user_id,
        module_slug=module_id,
        status=COMPLETED if completed else IN_PROGRESS,
        started_at=moment,
        last_activity_at=moment,
        first_completed_at=moment if completed else None,
    )
    news = report.excluded
    written = db.session.execute(
        report.on_conflict_do_update(
            index_elements=["user_id", "module_slug"],
            set_={
                "status": news.status,
                "last_activity_at": news.last_activity_at,
                "first_completed_at": sa.func.coalesce(
                    Progress.first_completed_at, news.first_completed_at
                ),
            },
            where=Progress.status != news.status,
        ).returning(Progress.module_slug)
    )
    return written.first() is not None


def forget_learner(user_id: int) -> None:
    """Erase the progress of a user, and the stubs that nobody else has used."""
    own_stubs = (
        sa.select(Progress.module_slug)
        .join(Module, Module.slug == Progress.module_slug)
        .where(Progress.user_id == user_id, Module.status == UNCATALOGUED)
    )
    stubs = {*db.session.scalars(own_stubs), *paths.list_stubs_of(user_id)}
    db.session.execute(sa.delete(Progress).where(Progress.user_id == user_id))
    used = sa.select(Progress.module_slug).where(Progress.module_slug.in_(stubs)).distinct()
    paths.remove_stubs(stubs.difference(db.session.scalars(used)))


def export_progress(user_id: int) -> list[dict[str, Any]]:
    """Return every progress row of a user."""
    columns = [column for column in Progress.__table__.columns if column.key != "user_id"]
    return [
        dict(row._mapping)
        for row in reads.all(sa.select(*columns).where(Progress.user_id == user_id))
    ]
