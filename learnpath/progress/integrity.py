"""Checking stored progress and enrollments against the events, and repairing them."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from ..db import db, locks
from ..enrollments import completion
from ..enrollments.integrity import check_enrollments
from ..enrollments.models import ACTIVE, Enrollment
from ..users.models import User
from . import queries
from .completion import all_required_done, any_started
from .models import Event, Progress
from .rules.events import State, fold
from .store import upsert_states

BATCH = 500  # learners


class Inconsistency(NamedTuple):
    """A stored value that does not follow from the events."""

    user_id: int
    what: str
    reason: str


def check_progress(*, fix: bool = False) -> Iterator[Inconsistency | int]:
    """Yield every inconsistency, and after each batch of learners their number.

    The learners of a batch are locked while it is checked. With `fix`, wrong rows are
    rebuilt from the events. Each batch is a transaction of its own.
    """
    last = 0
    while True:
        locks.begin_write()
        learners = db.session.scalars(
            sa.select(User.id)
            .where(User.id > last)
            .order_by(User.id)
            .limit(BATCH)
            .with_for_update(key_share=True)
        ).all()
        if learners:
            yield from _check_states(learners, fix=fix)
            for user_id, path, reason in check_enrollments(learners, fix=fix):
                yield Inconsistency(user_id, f"path {path}", reason)
            yield from _check_paths(learners, fix=fix)
        db.session.commit()
        db.session.expunge_all()
        if not learners:
            return
        last = learners[-1]
        yield len(learners)


def _check_states(learners: Sequence[int], *, fix: bool) -> Iterator[Inconsistency]:
    """Compare every progress row with the fold of its events (rule 9)."""
    events = queries.events_by_module(Event.user_id.in_(learners))
    rows = queries.rows_by_module(Progress.user_id.in_(learners))
    repaired = {}
    for key in sorted(events.keys() | rows.keys()):
        row = rows.get(key)
        expected = fold(events.get(key, []), State.from_row(row).exemptions if row else None)
        if reason := _difference(row, expected):
            yield Inconsistency(key[0], f"module {key[1]}", reason)
            repaired[key] = expected
    if fix:
        upsert_states(repaired)


def _check_paths(learners: Sequence[int], *, fix: bool) -> Iterator[Inconsistency]:
    """Find active enrollments that should be marked as started or completed."""
    active = (Enrollment.user_id.in_(learners), Enrollment.status == ACTIVE)
    path = Enrollment.path_slug.expression
    checks = {
        "is started, but its enrollment does not record the start": (
            sa.and_(Enrollment.started_at.is_(None), any_started(path)),
            completion.mark_started,
        ),
        "is completed, but its enrollment does not record the completion": (
            all_required_done(path),
            completion.mark_completed,
        ),
    }
    for reason, (condition, mark) in checks.items():
        select = sa.select(Enrollment.id, Enrollment.user_id, path.label("path"))
        rows = db.session.execute(select.where(*active, condition).order_by(Enrollment.id)).all()
        for row in rows:
            yield Inconsistency(row.user_id, f"path {row.path}", reason)
        if fix and rows:
            mark(Enrollment.id.in_([row.id for row in rows]))


def _difference(row: Any, expected: State) -> str | None:
    if row is None:
        return "there are events and no record"
    if row.status != expected.status:
        return f"is {row.status} and should be {expected.status}"
    names = [name for name, value in vars(expected).items() if getattr(row, name) != value]
    return f"differs in {', '.join(names)}" if names else None
