"""Exporting and erasing the progress of a user."""

from typing import Any

import sqlalchemy as sa

from ..db import db, reads
from ..modules import services as modules
from ..modules.models import UNCATALOGUED, Module
from .models import Event, Progress


def erase_progress(user_id: int) -> None:
    """Delete the progress of a user, and the stubs that no other user has progress on."""
    own_stubs = (
        sa.select(Progress.module_slug)
        .join(Module, Module.slug == Progress.module_slug)
        .where(Progress.user_id == user_id, Module.status == UNCATALOGUED)
    )
    stubs = {*db.session.scalars(own_stubs), *modules.list_stubs_of(user_id)}
    for table in (Event, Progress):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    used = sa.select(Progress.module_slug).where(Progress.module_slug.in_(stubs)).distinct()
    modules.remove_stubs(stubs.difference(db.session.scalars(used)))


def export_progress(user_id: int) -> dict[str, Any]:
    """Return all progress and events of a user, and the stubs that they reported first."""
    return {
        "progress_records": _rows_of(Progress, user_id),
        "progress_events": _rows_of(Event, user_id),
        "introduced_modules": modules.list_stubs_of(user_id),
    }


def _rows_of(table: type[Event] | type[Progress], user_id: int) -> list[dict[str, Any]]:
    columns = [
        column for column in table.__table__.columns if column.key not in ("user_id", "digest")
    ]
    rows = reads.all(sa.select(*columns).where(table.user_id == user_id))
    return [dict(row._mapping) for row in rows]
