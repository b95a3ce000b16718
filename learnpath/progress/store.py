"""Reading and writing one learner's progress, under the lock on their row in `users`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..clock import now
from ..db import upsert
from ..modules import services as modules
from ..users import services as users
from . import queries, signals
from .completion import complete_paths
from .models import Event, Progress
from .rules.events import ProgressEvent, State
from .rules.paths import PathOutline, locked_modules


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who writes. Staff and API keys bypass locks and the age limit of events."""

    user_id: int | None
    bypasses_locks: bool


@dataclass(frozen=True, kw_only=True)
class LearnerModule:
    """One learner and one module before a write, read under the learner's lock."""

    user_id: int
    timezone: str
    module: str
    revision: int
    state: State
    has_progress: bool
    paths: list[PathOutline]
    statuses: dict[str, str]


@dataclass(frozen=True)
class Change:
    """The result of a write."""

    before: LearnerModule
    state: State
    changed: bool
    unlocked: list[str] = field(default_factory=list)
    completed_paths: list[str] = field(default_factory=list)


def load_for_update(user_id: int, slug: str, *, create_stub: bool = False) -> LearnerModule:
    """Lock the learner, then read the module and their progress. A fixed number of queries.

    Raises UserNotFound, ModuleNotFound, TooManyNewModules.
    """
    learner = users.lock_user(user_id)
    module = modules.get_or_create_stub(slug, reported_by=user_id, create_stub=create_stub)
    row = queries.get_row(user_id, module.slug)  # an alias leads to the module it was merged into
    active_paths = queries.active_paths(user_id)
    return LearnerModule(
        user_id=user_id,
        timezone=learner.timezone,
        module=module.slug,
        revision=module.revision,
        state=State.from_row(row) if row else State(),
        has_progress=row is not None,
        paths=active_paths,
        statuses=queries.module_statuses(user_id, active_paths),
    )


def append_event(before: LearnerModule, event: ProgressEvent, actor: Actor) -> bool:
    """Store an event; return False if there is one with this id already."""
    row = event_row(before.user_id, before.module, event, before.timezone, actor)
    return upsert.insert_if_new(Event, row)


def save(before: LearnerModule, state: State, *, changed: bool = True, **columns: Any) -> Change:
    """Write the progress, complete paths, send the signals; return what was unlocked."""
    row = progress_row(before.user_id, before.module, state)
    upsert.upsert(Progress, {**row, **columns})
    emit_signals(before.user_id, before.module, before.state, state)
    locked = locked_modules(before.paths, before.statuses)
    still_locked = locked_modules(before.paths, {**before.statuses, before.module: state.status})
    unlocked = [slug for slug in locked if slug not in still_locked and slug != before.module]
    completed = complete_paths(before.user_id, [path.slug for path in before.paths])
    return Change(before, state, changed, unlocked, completed)


def unchanged(before: LearnerModule) -> Change:
    """Return the result of a write that wrote nothing."""
    return Change(before, before.state, changed=False)


def event_row(
    user_id: int, module: str, event: ProgressEvent, timezone: str, actor: Actor
) -> dict[str, Any]:
    """Return the columns of an event; its local date is fixed here, once (rule 10)."""
    return {
        **vars(event),
        "user_id": user_id,
        "module_slug": module,
        "received_at": now(),
        "local_date": event.occurred_at.astimezone(ZoneInfo(timezone)).date(),
        "reported_by": actor.user_id,
        "digest": content_hash(module, vars(event)),
    }


def progress_row(user_id: int, module: str, state: State) -> dict[str, Any]:
    """Return the columns of a learner's progress on a module."""
    return {
        **vars(state),
        "user_id": user_id,
        "module_slug": module,
        "status": state.status,
        "updated_at": now(),
    }


def upsert_states(states: Mapping[tuple[int, str], State]) -> None:
    """Write many states, by user id and module slug: one upsert for all."""
    upsert.upsert_many(Progress, [progress_row(*key, state) for key, state in states.items()])


def emit_signals(user_id: int, module: str, before: State, after: State) -> None:
    """Send a signal if a module was completed or a completion was taken back (rule 12)."""
    if after.is_completed and not before.is_completed:
        signals.module_completed.send(Progress, user_id=user_id, module=module)
    if before.is_completed and not after.is_completed:
        signals.module_uncompleted.send(Progress, user_id=user_id, module=module)


def content_hash(module: str, fields: Mapping[str, Any]) -> str:
    """Return a hash of what a client sent, by which a repeat is recognized.

    Neither the id of an event nor the revision, which the service adds, is part of it.
    """
    content = {
        name: value
        for name, value in fields.items()
        if value is not None and name not in ("id", "revision")
    }
    text = json.dumps({"module": module, **content}, sort_keys=True, default=datetime.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()
