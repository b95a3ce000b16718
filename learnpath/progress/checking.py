"""Proving every stored fact against the events, and mending what is off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import sqlalchemy as sa

from ..extensions import db
from ..users.models import User
from .models import Event, Progress
from .rules.modules import Happening, State, fold
from .writing import write_row

BATCH = 500  # learners


class Fault(NamedTuple):
    """A record that is not the fold of its events."""

    user_id: int
    module: str
    reason: str


def check_progress(*, fix: bool = False) -> Iterator[Fault | int]:
    """Yield every fault, and after each batch of learners how many were looked at.

    With `fix` the records are written anew from the events, and committed batch by batch.
    """
    last = 0
    while True:
        learners = db.session.scalars(
            sa.select(User.id).where(User.id > last).order_by(User.id).limit(BATCH)
        ).all()
        if not learners:
            return
        yield from _check(list(learners), fix=fix)
        if fix:
            db.session.commit()
        db.session.expunge_all()
        last = learners[-1]
        yield len(learners)


def _check(learners: list[int], *, fix: bool) -> Iterator[Fault]:
    if fix:
        lock = sa.select(User.id).where(User.id.in_(learners)).order_by(User.id)
        db.session.execute(lock.with_for_update(key_share=True))
    events: dict[tuple[int, str], list[Happening]] = defaultdict(list)
    for event in db.session.scalars(sa.select(Event).where(Event.user_id.in_(learners))):
        names = Happening.__dataclass_fields__
        happening = Happening(**{name: getattr(event, name) for name in names})
        events[event.user_id, event.module_slug].append(happening)
    rows = {
        (row.user_id, row.module_slug): row
        for row in db.session.scalars(sa.select(Progress).where(Progress.user_id.in_(learners)))
    }
    for key in sorted(events.keys() | rows.keys()):
        reason = _difference(rows.get(key), events[key])
        if reason:
            yield Fault(*key, reason)
            if fix:
                write_row(*key, _truth(rows.get(key), events[key]))


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
