"""Reading the records of how far a learner has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..errors import NotFound
from ..extensions import reads
from ..pages import Page, Paging, take
from ..paths import services as paths
from ..paths.models import Membership, Module
from ..users import services as users
from .models import Event, Progress
from .rules.modules import State


class ProgressNotFound(NotFound):
    """There is no progress on this module."""


def list_progress(
    user_id: int,
    paging: Paging,
    path: str | None = None,
    status: str | None = None,
    updated_since: datetime | None = None,
) -> Page:
    """Return a page of a user's progress by module slug. Raises UserNotFound."""
    users.get_profile(user_id)
    rows = _with_revision().where(Progress.user_id == user_id)
    if path is not None:
        rows = rows.join(Membership, Membership.module_slug == Progress.module_slug).where(
            Membership.path_slug == path
        )
    if status is not None:
        rows = rows.where(Progress.status == status)
    if updated_since is not None:
        rows = rows.where(Progress.updated_at >= updated_since)
    page = take(rows, [Progress.module_slug], paging, of=f"progress of {user_id}")
    return page.map(lambda row: show(row.module_slug, state_of(row), row.revision))


def get_progress(user_id: int, module: str) -> dict[str, Any]:
    """Return a user's progress on one module. Raises ProgressNotFound."""
    names = [module, paths.resolve(module)]
    row = reads.first(
        _with_revision().where(Progress.user_id == user_id, Progress.module_slug.in_(names))
    )
    if row is None:
        raise ProgressNotFound
    return show(row.module_slug, state_of(row), row.revision)


def list_events(user_id: int, paging: Paging, module: str | None = None) -> Page:
    """Return a page of what happened to a user, newest first."""
    events = sa.select(Event).where(Event.user_id == user_id)
    if module is not None:
        events = events.where(Event.module_slug == paths.resolve(module))
    keys = [Event.occurred_at, Event.id]
    return take(events, keys, paging, of=f"events of {user_id}", descending=True)


def show(module: str, state: State, revision: int) -> dict[str, Any]:
    """Return progress on a module as clients see it; `revision` is the module's present one."""
    return {
        "module": module,
        "status": state.status,
        "percent": state.percent,
        "score": state.score,
        "time_spent": state.time_spent,
        "position": state.position,
        "started_at": state.started_at,
        "last_activity_at": state.last_activity_at,
        "completed_at": state.completed_at,
        "first_completed_at": state.first_completed_at,
        "completed_revision": state.completed_revision,
        "outdated": is_outdated(state, revision),
    }


def is_outdated(state: State, revision: int) -> bool:
    """Tell whether what was completed has been revised since (rule 4)."""
    return state.is_completed and (state.completed_revision or 0) < revision


def state_of(row: Any) -> State:
    """Return the state in a row that has the columns of Progress."""
    return State(**{name: getattr(row, name) for name in State.__dataclass_fields__})


def _with_revision() -> sa.Select[Any]:
    return sa.select(*Progress.__table__.columns, Module.revision).join(
        Module, Module.slug == Progress.module_slug
    )
