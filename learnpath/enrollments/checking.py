"""Proving every enrollment against its history, and mending what is off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..extensions import db
from .models import ACTIVE, COMPLETED, WITHDRAWN, Enrollment, EnrollmentAct


def check_enrollments(user_ids: Sequence[int], *, fix: bool) -> Iterator[tuple[int, str, str]]:
    """Yield (user, path, what is wrong) for every enrollment that is not what its acts come to.

    Call it with the users locked. With `fix` it is written anew from its acts.
    """
    theirs = Enrollment.user_id.in_(user_ids)
    enrollments = sa.select(Enrollment).where(theirs).order_by(Enrollment.path_slug, Enrollment.id)
    locked = enrollments.with_for_update(key_share=True).execution_options(populate_existing=True)
    rows = db.session.scalars(locked).all()
    acts: dict[int, list[EnrollmentAct]] = defaultdict(list)
    history = sa.select(EnrollmentAct).join(Enrollment).where(theirs).order_by(EnrollmentAct.id)
    for act in db.session.scalars(history):
        acts[act.enrollment_id].append(act)
    for row in rows:
        truth = _what_it_comes_to(acts[row.id])
        wrong = [name for name, value in truth.items() if getattr(row, name) != value]
        if wrong:
            yield row.user_id, row.path_slug, f"differs from its history in {', '.join(wrong)}"
        if fix:
            for name in wrong:
                setattr(row, name, truth[name])
    db.session.flush()


def _what_it_comes_to(acts: Iterable[EnrollmentAct]) -> dict[str, Any]:
    """Return the facts that follow from what was done to an enrollment, in that order."""
    facts: dict[str, Any] = {"status": None, "completed_at": None, "completed_path_version": None}
    for act in acts:
        facts |= _read(act.details)
        if act.act == "enrolled":
            facts |= {"status": ACTIVE, "enrolled_at": act.at}
        elif act.act == "withdrawn":
            facts["status"] = WITHDRAWN
        elif act.act == "returned":
            facts["status"] = COMPLETED if facts["completed_at"] else ACTIVE
        elif act.act == "completed":
            facts |= {"status": COMPLETED, "completed_at": act.at}
    return facts


def _read(details: dict[str, Any]) -> dict[str, Any]:
    """Return what an act says of an enrollment, its moments as such."""
    due_at = details.get("due_at")
    return {**details, "due_at": datetime.fromisoformat(due_at)} if due_at else details
