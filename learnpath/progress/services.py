"""Reporting progress on a module, resetting it, and reading it."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..db import reads
from ..errors import Conflict, InvalidInput, NotFound
from ..modules.models import Module
from ..modules.services import resolve_alias
from ..paths.models import PathModule
from ..users import services as users
from ..web.pagination import Page, PageParams, paginate
from . import store
from .models import Event, Progress
from .rules.events import (
    COMPLETED,
    IN_PROGRESS,
    REOPENED,
    RESET,
    STARTED,
    ProgressEvent,
    State,
    apply,
)
from .rules.paths import locked_modules
from .store import Actor, Change, LearnerModule

FUTURE_MAX = timedelta(minutes=5)
PAST_MAX = timedelta(days=30)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


class ModuleLocked(Conflict):
    """Something else has to be done before this module; `blocked_by` says what."""

    example = {"blocked_by": ["run-the-service"]}


class ProgressNotFound(NotFound):
    """There is no progress on this module."""


def report_progress(
    user_id: int, module: str, body: Mapping[str, Any], actor: Actor, *, create_stub: bool = False
) -> Change:
    """Report status, percent, score, time or position of a module.

    A report is later than everything stored of the module (rule 8), and refused where the
    module is locked (rule 7). A repeat stores nothing. With `occurred_at` in the `body` it is
    an event like any other (rule 9). Raises UserNotFound, ModuleNotFound, TooManyNewModules,
    ModuleLocked, InvalidInput.
    """
    if body.get("occurred_at") is not None:
        return _report_past(user_id, module, body, actor)
    before = store.load_for_update(user_id, module, create_stub=create_stub)
    _require_unlocked(before, actor)
    if body.get("status") == IN_PROGRESS and before.state.is_completed:
        body = {**body, "status": REOPENED}  # only in a report without a time
    event = make_event(_new_id(), _time_after(before.state), body, before.revision)
    state = apply(before.state, event)
    if before.has_progress and state.equivalent_to(before.state):
        return store.unchanged(before)
    store.append_event(before, event, actor)
    return store.save(before, state)


def _report_past(user_id: int, module: str, body: Mapping[str, Any], actor: Actor) -> Change:
    check_occurred_at(body["occurred_at"], actor)
    before = store.load_for_update(user_id, module)
    event_id = f"dated:{store.content_hash(before.module, body)}"
    event = make_event(event_id, body["occurred_at"], body, before.revision)
    if not store.append_event(before, event, actor):
        return store.unchanged(before)
    state = apply(before.state, event)
    changed = not (before.has_progress and state.equivalent_to(before.state))
    return store.save(before, state, changed=changed)


def reset_progress(user_id: int, module: str, actor: Actor) -> Change:
    """Start a module over (rule 9). Raises UserNotFound, ProgressNotFound."""
    get_progress(user_id, module)  # so that an unknown module does not become a stub
    before = store.load_for_update(user_id, module, create_stub=True)
    if not before.has_progress:
        raise ProgressNotFound
    event = ProgressEvent(id=_new_id(), kind=RESET, occurred_at=_time_after(before.state))
    state = apply(before.state, event)
    if state.equivalent_to(before.state):
        return store.unchanged(before)
    store.append_event(before, event, actor)
    return store.save(before, state)


def check_occurred_at(occurred_at: datetime, actor: Actor) -> None:
    """Raise InvalidInput for a time in the future, or too long ago for a learner's own report.

    Staff and API keys may report what happened long ago, but nothing before 1970.
    """
    if occurred_at < EPOCH:
        raise InvalidInput(errors={"occurred_at": ["This is before 1970."]})
    if occurred_at > now() + FUTURE_MAX:
        raise InvalidInput(errors={"occurred_at": ["This is more than 5 minutes ahead."]})
    if occurred_at < now() - PAST_MAX and not actor.bypasses_locks:
        raise InvalidInput(errors={"occurred_at": ["This is more than 30 days ago."]})


def make_event(
    event_id: str, occurred_at: datetime, body: Mapping[str, Any], revision: int
) -> ProgressEvent:
    """Return the event that a client's `body` reports; `revision` is that of the module now."""
    status = body.get("status")
    kind = str(status) if status in (COMPLETED, REOPENED) else STARTED
    return ProgressEvent(
        id=event_id,
        kind=kind,
        occurred_at=occurred_at,
        percent=body.get("percent"),
        score=body.get("score"),
        time_spent=body.get("time_spent_delta") or 0,
        position=body.get("position"),
        revision=revision if kind == COMPLETED else None,
    )


def _require_unlocked(before: LearnerModule, actor: Actor) -> None:
    if actor.bypasses_locks:
        return
    blocked_by = locked_modules(before.paths, before.statuses).get(before.module)
    if blocked_by:
        raise ModuleLocked(blocked_by=blocked_by)


def _time_after(state: State) -> datetime:
    """Return a time after all events of a module, also those of a fast clock."""
    if state.last_activity_at is None:
        return now()
    return max(now(), state.last_activity_at + TICK)


def _new_id() -> str:
    return f"direct:{uuid.uuid4()}"


def list_progress(
    user_id: int,
    paging: PageParams,
    path: str | None = None,
    status: str | None = None,
    updated_since: datetime | None = None,
) -> Page:
    """Return a page of a user's progress by module slug. Raises UserNotFound."""
    users.get_profile(user_id)
    rows = _with_revision().where(Progress.user_id == user_id)
    if path is not None:
        modules = sa.select(PathModule.module_slug).where(PathModule.path_slug == path)
        rows = rows.where(Progress.module_slug.in_(modules))
    if status is not None:
        rows = rows.where(Progress.status == status)
    if updated_since is not None:
        rows = rows.where(Progress.updated_at >= updated_since)
    page = paginate(rows, [Progress.module_slug], paging, cursor_scope=f"progress of {user_id}")
    return page.map(_row_dict)


def get_progress(user_id: int, module: str) -> dict[str, Any]:
    """Return a user's progress on one module. Raises ProgressNotFound."""
    slugs = [module, resolve_alias(module)]
    rows = _with_revision().where(Progress.user_id == user_id)
    row = reads.first(rows.where(Progress.module_slug.in_(slugs)))
    if row is None:
        raise ProgressNotFound
    return _row_dict(row)


def list_events(user_id: int, paging: PageParams, module: str | None = None) -> Page:
    """Return a page of a user's events, newest first. Raises UserNotFound."""
    users.get_profile(user_id)
    events = sa.select(Event).where(Event.user_id == user_id)
    if module is not None:
        events = events.where(Event.module_slug == resolve_alias(module))
    keys = [Event.occurred_at, Event.id]
    return paginate(events, keys, paging, cursor_scope=f"events of {user_id}", descending=True)


def progress_dict(module: str, state: State, revision: int) -> dict[str, Any]:
    """Return what `ProgressSchema` dumps; `revision` is that of the module now."""
    return {
        **vars(state),
        "module": module,
        "status": state.status,
        "percent": state.percent,
        "completed_at": state.completed_at,
        "outdated": state.is_outdated(revision),
    }


def _row_dict(row: Any) -> dict[str, Any]:
    return progress_dict(row.module_slug, State.from_row(row), row.revision)


def _with_revision() -> sa.Select[Any]:
    return sa.select(*Progress.__table__.columns, Module.revision).join(
        Module, Module.slug == Progress.module_slug
    )
