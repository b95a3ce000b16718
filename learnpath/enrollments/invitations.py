"""Invitations to paths for people without an account."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ..clock import now
from ..db import db, locks, upsert
from ..db.purge import delete_in_batches
from ..mail import services as mail
from ..mail.links import console_link
from ..paths.models import Path
from ..paths.services import PathNotFound
from . import services
from .models import Invitation

LIFETIME = timedelta(days=90)


def invite(
    email: str,
    path: str,
    *,
    by: int | None,
    due_at: datetime | None = None,
    note: str | None = None,
) -> None:
    """Invite an email address to a path; only its first open invitation sends an email."""
    values = {"due_at": due_at, "note": note, "invited_by": by}
    invitation = upsert.insert(Invitation).values(email=email, path_slug=path, **values)
    earlier = sa.select(Invitation.path_slug).where(Invitation.email == email)
    if db.session.scalar(earlier) is None:
        mail.queue("invitation", email)
    db.session.execute(
        invitation.on_conflict_do_update(index_elements=["email", "path_slug"], set_=values)
    )


def lock_emails(addresses: Sequence[str]) -> None:
    """Block registrations with these addresses until the commit.

    Otherwise a concurrent registration would not see the invitation.
    """
    locks.advisory_lock([f"invitation:{email}" for email in sorted(addresses)])


def cancel_invitation(email: str, path: str) -> bool:
    """Delete an invitation; return whether there was one."""
    delete = sa.delete(Invitation).where(Invitation.email == email, Invitation.path_slug == path)
    return db.session.scalar(delete.returning(Invitation.path_slug)) is not None


def accept_invitations(user_id: int, email: str) -> None:
    """Turn every invitation to `email` into an enrollment; skip those to closed paths."""
    lock_emails([email])
    invitations = db.session.execute(
        sa.delete(Invitation)
        .where(Invitation.email == email)
        .returning(Invitation.path_slug, Invitation.due_at, Invitation.note, Invitation.invited_by)
    ).all()
    for one in sorted(invitations, key=lambda one: one.path_slug):
        about = {"by": one.invited_by, "due_at": one.due_at, "note": one.note}
        with suppress(PathNotFound, services.PathArchived):
            services.enroll(user_id, one.path_slug, **about)


def delete_invitations(email: str) -> None:
    """Delete every invitation to an email address."""
    db.session.execute(sa.delete(Invitation).where(Invitation.email == email))


def purge_invitations() -> int:
    """Delete invitations older than 90 days; return their number. Commits after each batch."""
    return delete_in_batches(Invitation, Invitation.created_at < now() - LIFETIME)


@mail.renders("invitation")
def render_invitation(email: str) -> dict[str, Any] | None:
    """Return the content of an invitation email: the titles of the paths."""
    titles = db.session.scalars(
        sa.select(Path.title)
        .join(Invitation, Invitation.path_slug == Path.slug)
        .where(Invitation.email == email)
        .order_by(Path.slug)
    ).all()
    if not titles:
        return None
    url = console_link("register")
    return {"subject": "You are invited to learn", "titles": titles, "url": url}
