"""Proving every stored fact against what happened, and mending what is off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import sqlalchemy as sa

from .. import database
from ..enrollments import completing as enrollments
from ..enrollments.checking import check_enrollments
from ..enrollments.models import ACTIVE, Enrollment
from ..extensions import db
from ..users.models import User
from .completing import has_begun, has_everything
from .models import Event, Progress
from .rules.modules import Happening, State, fold
from .writing import write_rows

BATCH = 500  # learners


class Fault(NamedTuple):
    """Something stored that does not follow from what happened."""

    user_id: int
    what: str
    reason: str


def check_progress(*, fix: bool = False) -> Iterator[Fault | int]:
    """Yield every fault, and after each batch of learners how many were looked at.

    A batch stands still while it is looked at. With `fix` its records are written anew from
    what happened; each batch is a transaction of its own.
    """
    last = 0
    while True:
        database.begin_write(db.session)
        learners = db.session.scalars(
            sa.select(User.id)
            .where(User.id > last)
            .order_by(User.id)
            .limit(BATCH)
            .with_for_update(key_share=True)
        ).all()
        if learners:
            yield from _check_records(learners, fix=fix)
            for user_id, path, reason in check_enrollments(learners, fix=fix):
                yield Fault(user_id, f"path {path}", reason)
            yield from _check_paths(learners, fix=fix)
        db.session.commit()
        db.session.expunge_all()
        if not learners:
            return
        last = learners[-1]
        yield len(learners)


def _check_records(learners: Sequence[int], *, fix: bool) -> Iterator[Fault]:
    """Hold every record of progress against the fold of its events (rule 9)."""
    events: dict[tuple[int, str], list[Happening]] = defaultdict(list)
    for event in db.session.scalars(sa.select(Event).where(Event.user_id.in_(learners))):
        names = Happening.__dataclass_fields__
        happening = Happening(**{name: getattr(event, name) for name in names})
        events[event.user_id, event.module_slug].append(happening)
    rows = {
        (row.user_id, row.module_slug): row
        for row in db.session.scalars(sa.select(Progress).where(Progress.user_id.in_(learners)))
    }
    wrong = {}
    for key in sorted(events.keys() | rows.keys()):
        if reason := _difference(rows.get(key), events[key]):
            yield Fault(key[0], f"module {key[1]}", reason)
            wrong[key] = _truth(rows.get(key), events[key])
    if fix:
        write_rows(wrong)


def _check_paths(learners: Sequence[int], *, fix: bool) -> Iterator[Fault]:
    """Find who has begun or done everything of a path, without its being noted."""
    theirs = (Enrollment.user_id.in_(learners), Enrollment.status == ACTIVE)
    path = Enrollment.path_slug.expression
    unnoted = {
        "has been begun, and that is not noted": (
            sa.and_(Enrollment.started_at.is_(None), has_begun(path)),
            enrollments.begin,
        ),
        "is done, and that is not noted": (has_everything(path), enrollments.complete),
    }
    for reason, (condition, note) in unnoted.items():
        select = sa.select(Enrollment.id, Enrollment.user_id, path.label("path"))
        found = db.session.execute(select.where(*theirs, condition).order_by(Enrollment.id)).all()
        for row in found:
            yield Fault(row.user_id, f"path {row.path}", reason)
        if fix and found:
            note(Enrollment.id.in_([row.id for row in found]))


def _difference(row: Progress | None, events: list[Happening]) -> str | None:
    truth = _truth(row, events)
    if row is None:
        return "there are events and no record"
    if row.status != truth.status:
        return f"is {row.status} and should be {truth.status}"
    state = row.state
    names = [
        name for name in State.__dataclass_fields__ if getattr(state, name) != getattr(truth, name)
    ]
    return f"differs in {', '.join(names)}" if names else None


def _truth(row: Progress | None, events: list[Happening]) -> State:
    """Return what the events come to, with the facts that events never touch."""
    exempt = State()
    if row is not None:
        exempt = replace(exempt, waived_at=row.waived_at, skipped_at=row.skipped_at)
    return fold(events, exempt)
