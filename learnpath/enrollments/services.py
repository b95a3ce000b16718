"""Enroll and withdraw users, change due dates, and find enrollments."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..db import db, reads, upsert
from ..errors import Conflict, NotFound
from ..modules.models import ARCHIVED, DRAFT, PUBLISHED
from ..paths import services as paths
from ..paths.models import Author, Path
from ..paths.services import PathNotFound
from ..users import services as users
from ..web.pagination import Page, PageParams, paginate
from . import signals
from .models import ACTIVE, COMPLETED, WITHDRAWN, Enrollment, EnrollmentEvent


class EnrollmentNotFound(NotFound):
    """There is no such enrollment, or you may not see it."""


class PathArchived(Conflict):
    """This path is archived and accepts no new enrollments."""


def enroll(
    user_id: int,
    path: str,
    *,
    by: int | None,
    due_at: datetime | None = None,
    note: str | None = None,
) -> tuple[Enrollment, bool]:
    """Enroll a user in a path; return the enrollment and whether it changed.

    Enrolling again changes nothing. A user who had withdrawn returns to the same row, and an
    earlier completion stays. Raises UserNotFound, PathNotFound, PathArchived.
    """
    users.lock_user(user_id)
    _lock_open_path(path)
    enrollment = db.session.scalar(
        upsert.insert(Enrollment)
        .values(user_id=user_id, path_slug=path, enrolled_by=by, due_at=due_at, note=note)
        .on_conflict_do_nothing(index_elements=["user_id", "path_slug"])
        .returning(Enrollment)
    )
    if enrollment is not None:
        _add_event(enrollment, "enrolled", by, at=enrollment.enrolled_at, due_at=due_at, note=note)
    else:
        enrollment = _lock(user_id, path)
        if enrollment.status != WITHDRAWN:
            return enrollment, False
        enrollment.status = COMPLETED if enrollment.completed_at else ACTIVE
        enrollment.due_at, enrollment.note = due_at, note
        _add_event(enrollment, "returned", by, due_at=due_at, note=note)
    db.session.flush()
    signals.enrolled.send(Enrollment, enrollment_id=enrollment.id, user_id=user_id, path=path)
    db.session.refresh(enrollment)
    return enrollment, True


def enroll_by_label(user_id: int, label: str | None, *, by: int | None) -> None:
    """Enroll a user in the published path with the slug `label`, if there is one."""
    path = sa.select(Path.slug).where(Path.slug == label, Path.status == PUBLISHED)
    if label is not None and db.session.scalar(path):
        enroll(user_id, label, by=by)


def withdraw(enrollment_id: int, *, by: int | None) -> None:
    """Withdraw a user from a path; progress and completions stay."""
    enrollment = _lock_by_id(enrollment_id)
    if enrollment.status == WITHDRAWN:
        return
    enrollment.status = WITHDRAWN
    _add_event(enrollment, "withdrawn", by)
    signals.withdrawn.send(
        Enrollment, enrollment_id=enrollment.id, user_id=enrollment.user_id, path=enrollment.path
    )


def change_enrollment(enrollment_id: int, *, by: int | None, **changes: Any) -> Enrollment:
    """Change the due date or the note of an enrollment."""
    enrollment = _lock_by_id(enrollment_id)
    changes = {name: new for name, new in changes.items() if getattr(enrollment, name) != new}
    for name, value in changes.items():
        setattr(enrollment, name, value)
    if changes:
        _add_event(enrollment, "changed", by, **changes)
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
    paging: PageParams,
    *,
    user_id: int | None = None,
    path: str | None = None,
    status: str | None = None,
    overdue: bool | None = None,
) -> Page:
    """Return a page of the enrollments of a user or of a path, oldest first.

    Raises PathNotFound.
    """
    if path is not None:
        paths.get_path(path, sa.true())
    filters = {"user_id": user_id, "path_slug": path, "status": status}
    given = {name: value for name, value in filters.items() if value is not None}
    enrollments = sa.select(Enrollment).filter_by(**given)
    if overdue is not None:
        late = sa.and_(Enrollment.status == ACTIVE, Enrollment.due_at < now())
        enrollments = enrollments.where(late if overdue else late.is_not(sa.true()))
    return paginate(
        enrollments, [Enrollment.id], paging, cursor_scope=f"enrollments of {user_id} {path}"
    )


def list_path_slugs() -> set[str]:
    """Return the slugs of all paths."""
    return {row.slug for row in reads.all(sa.select(Path.slug))}


def list_authored_paths(user_id: int | None) -> set[str]:
    """Return the slugs of the paths whose author a user is."""
    authored = sa.select(Author.path_slug).where(Author.user_id == user_id)
    return {row.path_slug for row in reads.all(authored)}


def teaches(teacher_id: int | None, learner_id: int) -> bool:
    """Tell whether a user is an author of a path in which the learner is enrolled."""
    common = (
        sa.select(Enrollment.id)
        .join(Author, Author.path_slug == Enrollment.path_slug)
        .where(Author.user_id == teacher_id, Enrollment.user_id == learner_id)
        .where(Enrollment.status != WITHDRAWN)
        .limit(1)
    )
    return reads.scalar(common) is not None


def _lock_open_path(path: str) -> None:
    """Lock the path against edits until the enrollment is committed, and check its status."""
    status = db.session.scalar(
        sa.select(Path.status).where(Path.slug == path).with_for_update(read=True)
    )
    if status is None or status == DRAFT:
        raise PathNotFound
    if status == ARCHIVED:
        raise PathArchived


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


def _add_event(
    enrollment: Enrollment, kind: str, by: int | None, at: datetime | None = None, **details: Any
) -> None:
    """Add an event to the history, from which all of an enrollment but its start can be rebuilt."""
    as_json = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in details.items()
    }
    db.session.add(
        EnrollmentEvent(
            enrollment_id=enrollment.id, kind=kind, by_user_id=by, details=as_json, at=at or now()
        )
    )
