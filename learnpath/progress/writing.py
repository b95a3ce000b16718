"""Read, fold, write: what every change of a learner's progress goes through, under their lock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..clock import now
from ..extensions import transaction
from ..paths import services as paths
from ..users import services as users
from . import facts, signals
from .completing import judge_learner
from .models import Event, Progress
from .rules.modules import Happening, State
from .rules.paths import Course, locks
from .services import state_of


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Who writes: `is_trusted` frees staff and machines from locks and from the age limit."""

    user_id: int | None
    is_trusted: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a learner stands with one module before a write, read under their lock."""

    user_id: int
    timezone: str
    module: str
    revision: int
    state: State
    is_recorded: bool
    courses: list[Course]
    work: dict[str, str]


@dataclass(frozen=True)
class Change:
    """What a write came to."""

    standing: Standing
    state: State
    changed: bool
    unlocked: list[str] = field(default_factory=list)
    completed_paths: list[str] = field(default_factory=list)


def stand(user_id: int, module: str, *, admit_unknown: bool = False) -> Standing:
    """Lock the learner, then read where they stand. A fixed number of queries.

    Raises UserNotFound, ModuleNotFound, TooManyNewModules.
    """
    learner = users.lock_user(user_id)
    found = paths.admit_module(module, reported_by=user_id, admit_unknown=admit_unknown)
    module = found.slug  # a merged stub's slug leads to the module it was merged into
    row = facts.record(user_id, module)
    courses = facts.courses_followed(user_id)
    return Standing(
        user_id=user_id,
        timezone=learner.timezone,
        module=module,
        revision=found.revision,
        state=state_of(row) if row else State(),
        is_recorded=row is not None,
        courses=courses,
        work=facts.work_of(user_id, courses),
    )


def unchanged(standing: Standing) -> Change:
    """Say that nothing was written."""
    return Change(standing, standing.state, changed=False)


def conclude(standing: Standing, after: State, *, changed: bool = True, **extra: Any) -> Change:
    """Write the row, then see what that unlocked and completed, and announce it."""
    write_row(standing.user_id, standing.module, after, **extra)
    announce(standing.user_id, standing.module, standing.state, after)
    followed = [course.slug for course in standing.courses]
    locked = locks(standing.courses, standing.work)
    still = locks(standing.courses, {**standing.work, standing.module: after.status})
    unlocked = [slug for slug in locked if slug not in still and slug != standing.module]
    return Change(standing, after, changed, unlocked, judge_learner(standing.user_id, followed))


def keep(standing: Standing, event: Happening, by: Reporter) -> bool:
    """Store an event for good; tell whether it is new."""
    row = event_row(standing.user_id, standing.module, event, standing.timezone, by)
    return transaction.keep(Event, row)


def event_row(
    user_id: int, module: str, event: Happening, timezone: str, by: Reporter
) -> dict[str, Any]:
    """Return the columns of an event; its local date is fixed here, once (rule 10)."""
    return {
        **vars(event),
        "user_id": user_id,
        "module_slug": module,
        "received_at": now(),
        "local_date": event.occurred_at.astimezone(ZoneInfo(timezone)).date(),
        "reported_by": by.user_id,
        "digest": digest_of(module, event),
    }


def progress_row(user_id: int, module: str, state: State) -> dict[str, Any]:
    """Return the columns of the fold of a learner's events on a module."""
    return {
        **vars(state),
        "user_id": user_id,
        "module_slug": module,
        "status": state.status,
        "updated_at": now(),
    }


def write_row(user_id: int, module: str, state: State, **extra: Any) -> None:
    """Write the fold of a learner's events on a module: one upsert."""
    transaction.put(Progress, {**progress_row(user_id, module, state), **extra})


def write_rows(folds: Mapping[tuple[int, str], State]) -> None:
    """Write many folds, by user and module: one upsert for all."""
    transaction.put_all(Progress, [progress_row(*key, state) for key, state in folds.items()])


def announce(user_id: int, module: str, before: State, after: State) -> None:
    """Say it once when a module was completed or un-completed (rule 12)."""
    if after.is_completed and not before.is_completed:
        signals.module_completed.send(Progress, user_id=user_id, module=module)
    if before.is_completed and not after.is_completed:
        signals.module_uncompleted.send(Progress, user_id=user_id, module=module)


def digest_of(module: str, event: Happening) -> str:
    """Return a digest of what an event says; not of its id, nor of what we made of it."""
    said = {key: value for key, value in vars(event).items() if key not in ("id", "revision")}
    return fingerprint(module, said)


def fingerprint(module: str, body: Mapping[str, Any]) -> str:
    """Return a digest of what a body says, by which a repeat is known."""
    said = {"module": module, **{key: value for key, value in body.items() if value is not None}}
    text = json.dumps(said, sort_keys=True, default=datetime.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()
