"""Enroll, withdraw, change due dates, and keep what was completed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from .. import database
from ..clock import now
from ..errors import Conflict, NotFound
from ..extensions import db, reads
from ..pages import Page, Paging, take
from ..paths import services as paths
from ..paths.models import ARCHIVED, DRAFT, Author, Path
from ..paths.services import PathNotFound
from ..users import services as users
from . import signals
from .models import ACTIVE, COMPLETED, WITHDRAWN, Enrollment, EnrollmentAct


class EnrollmentNotFound(NotFound):
    """There is no such enrollment, or it is not for you to see."""


class PathArchived(Conflict):
    """This path is archived and takes nobody on any more."""


def enroll(
    user_id: int,
    path: str,
    *,
    by: int | None,
    due_at: datetime | None = None,
    note: str | None = None,
) -> tuple[Enrollment, bool]:
    """Put a user on a path; return the enrollment and whether that is news.

    Doing it again changes nothing. Whoever had withdrawn returns to the same row, and what
    they had completed is completed still. Raises UserNotFound, PathNotFound, PathArchived.
    """
    users.lock_user(user_id)
    _refuse_closed_path(path)
    enrollment = db.session.scalar(
        database.insert(db.session, Enrollment)
        .values(user_id=user_id, path_slug=path, enrolled_by=by, due_at=due_at, note=note)
        .on_conflict_do_nothing(index_elements=["user_id", "path_slug"])
        .returning(Enrollment)
    )
    if enrollment is not None:
        _note(enrollment, "enrolled", by, at=enrollment.enrolled_at, due_at=due_at, note=note)
    else:
        enrollment = _lock(user_id, path)
        if enrollment.status != WITHDRAWN:
            return enrollment, False
        enrollment.status = COMPLETED if enrollment.completed_at else ACTIVE
        enrollment.due_at, enrollment.note = due_at, note
        _note(enrollment, "returned", by, due_at=due_at, note=note)
    db.session.flush()
    signals.enrolled.send(Enrollment, enrollment_id=enrollment.id, user_id=user_id, path=path)
    db.session.refresh(enrollment)
    return enrollment, True


def enroll_by_label(user_id: int, label: str | None, *, by: int | None) -> None:
    """Enroll a user in the published path that their `learning_path` names, if it names one."""
    if label is not None and label in _open_paths([label]):
        enroll(user_id, label, by=by)


def withdraw(enrollment_id: int, *, by: int | None) -> None:
    """Take a user off a path; their progress and what they completed stay."""
    enrollment = _lock_by_id(enrollment_id)
    if enrollment.status == WITHDRAWN:
        return
    enrollment.status = WITHDRAWN
    _note(enrollment, "withdrawn", by)
    signals.withdrawn.send(
        Enrollment,
        enrollment_id=enrollment.id,
        user_id=enrollment.user_id,
        path=enrollment.path_slug,
    )


def change_enrollment(enrollment_id: int, *, by: int | None, **changes: Any) -> Enrollment:
    """Change the due date or the note of an enrollment."""
    enrollment = _lock_by_id(enrollment_id)
    news = {name: value for name, value in changes.items() if getattr(enrollment, name) != value}
    for name, value in news.items():
        setattr(enrollment, name, value)
    if news:
        _note(enrollment, "changed", by, **news)
    return enrollment


def get_enrollment(enrollment_id: int) -> Enrollment:
    """Return one enrollment. Raises EnrollmentNotFound."""
    enrollment = db.session.get(Enrollment, enrollment_id)
    if enrollment is None:
        raise EnrollmentNotFound
    return enrollment


def find_enrollment(user_id: int, path: str) -> Enrollment | None:
    """Return a user's enrollment in a path, or None."""
    return db.session.scalar(
        sa.select(Enrollment).where(Enrollment.user_id == user_id, Enrollment.path_slug == path)
    )


def list_enrollments(
    paging: Paging,
    *,
    user_id: int | None = None,
    path: str | None = None,
    status: str | None = None,
    overdue: bool | None = None,
) -> Page:
    """Return a page of the enrollments of a user or of a path, oldest first.

    Raises PathNotFound.
    """
    enrollments = sa.select(Enrollment)
    if user_id is not None:
        enrollments = enrollments.where(Enrollment.user_id == user_id)
    if path is not None:
        paths.get_path(path, sa.true())
        enrollments = enrollments.where(Enrollment.path_slug == path)
    if status is not None:
        enrollments = enrollments.where(Enrollment.status == status)
    if overdue is not None:
        late = sa.and_(Enrollment.status == ACTIVE, Enrollment.due_at < now())
        enrollments = enrollments.where(
            late if overdue else sa.not_(sa.func.coalesce(late, sa.false()))
        )
    return take(enrollments, [Enrollment.id], paging, of=f"enrollments of {user_id} {path}")


def all_paths() -> set[str]:
    """Return the slugs of all paths."""
    return {row.slug for row in reads.all(sa.select(Path.slug))}


def paths_authored_by(user_id: int | None) -> set[str]:
    """Return the slugs of the paths that name a user among their authors."""
    named = reads.all(sa.select(Author.path_slug).where(Author.user_id == user_id))
    return {row.path_slug for row in named}


def teaches(teacher_id: int, learner_id: int) -> bool:
    """Tell whether somebody is an author of a path that the learner follows."""
    common = (
        sa.select(Enrollment.id)
        .join(Author, Author.path_slug == Enrollment.path_slug)
        .where(Author.user_id == teacher_id, Enrollment.user_id == learner_id)
        .where(Enrollment.status != WITHDRAWN)
        .limit(1)
    )
    return reads.scalar(common) is not None


def _refuse_closed_path(path: str) -> None:
    """Hold the path still while somebody joins it, so that no edit is overlooked."""
    status = db.session.scalar(
        sa.select(Path.status).where(Path.slug == path).with_for_update(read=True)
    )
    if status is None or status == DRAFT:
        raise PathNotFound
    if status == ARCHIVED:
        raise PathArchived


def _open_paths(slugs: Sequence[str]) -> set[str]:
    published = sa.select(Path.slug).where(Path.slug.in_(slugs), Path.status == "published")
    return set(db.session.scalars(published))


def _lock(user_id: int, path: str) -> Enrollment:
    return db.session.scalars(
        sa.select(Enrollment)
        .where(Enrollment.user_id == user_id, Enrollment.path_slug == path)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _lock_by_id(enrollment_id: int) -> Enrollment:
    enrollment = get_enrollment(enrollment_id)
    users.lock_user(enrollment.user_id)
    return _lock(enrollment.user_id, enrollment.path_slug)


def _note(
    enrollment: Enrollment, act: str, by: int | None, at: datetime | None = None, **details: Any
) -> None:
    """Add an act to the history; together they say everything of an enrollment but its start."""
    told = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in details.items()
    }
    db.session.add(
        EnrollmentAct(
            enrollment_id=enrollment.id, act=act, by_user_id=by, details=told, at=at or now()
        )
    )
