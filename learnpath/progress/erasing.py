"""Giving a learner everything that is kept of their progress, and forgetting it with them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..extensions import db, reads
from ..paths import services as paths
from ..paths.models import UNCATALOGUED, Module
from .models import Event, Progress


def forget_learner(user_id: int) -> None:
    """Erase the progress of a user, and the stubs that nobody else has used."""
    own_stubs = (
        sa.select(Progress.module_slug)
        .join(Module, Module.slug == Progress.module_slug)
        .where(Progress.user_id == user_id, Module.status == UNCATALOGUED)
    )
    stubs = {*db.session.scalars(own_stubs), *paths.list_stubs_of(user_id)}
    for table in (Event, Progress):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    used = sa.select(Progress.module_slug).where(Progress.module_slug.in_(stubs)).distinct()
    paths.remove_stubs(stubs.difference(db.session.scalars(used)))


def export_progress(user_id: int) -> dict[str, Any]:
    """Return every progress row and every event of a user, and the stubs they introduced."""
    return {
        "progress_records": _rows_of(Progress, user_id),
        "progress_events": _rows_of(Event, user_id),
        "introduced_modules": paths.list_stubs_of(user_id),
    }


def _rows_of(table: type[Event] | type[Progress], user_id: int) -> list[dict[str, Any]]:
    columns = [
        column for column in table.__table__.columns if column.key not in ("user_id", "digest")
    ]
    rows = reads.all(sa.select(*columns).where(table.user_id == user_id))
    return [dict(row._mapping) for row in rows]
