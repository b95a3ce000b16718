"""Places kept for people who have no account yet."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from .. import database
from ..clock import now
from ..extensions import db
from ..mail import services as mail
from ..paths.models import Path
from ..paths.services import PathNotFound
from . import services
from .models import Invitation
from .services import PathArchived

KEPT_FOR = timedelta(days=90)


def invite(
    email: str,
    path: str,
    *,
    by: int | None,
    due_at: datetime | None = None,
    note: str | None = None,
) -> None:
    """Keep a place on a path for whoever confirms this address; tell them by mail, once."""
    values = {"due_at": due_at, "note": note, "invited_by": by}
    invitation = database.insert(db.session, Invitation).values(
        email=email, path_slug=path, **values
    )
    is_waiting = sa.select(Invitation.path_slug).where(Invitation.email == email)
    if db.session.scalar(is_waiting) is None:
        mail.queue("invitation", email)
    db.session.execute(
        invitation.on_conflict_do_update(index_elements=["email", "path_slug"], set_=values)
    )


def hold(addresses: Sequence[str]) -> None:
    """Let nobody register one of these addresses until the commit, or wait for who just does.

    Otherwise an invitation and a registration at the same instant would miss each other.
    """
    database.hold_words(db.session, [f"invitation:{email}" for email in sorted(addresses)])


def uninvite(email: str, path: str) -> bool:
    """Take an invitation back; tell whether there was one."""
    gone = sa.delete(Invitation).where(Invitation.email == email, Invitation.path_slug == path)
    return db.session.scalar(gone.returning(Invitation.path_slug)) is not None


def accept(user_id: int, email: str) -> None:
    """Turn every invitation to `email` into an enrollment; those of closed paths lapse."""
    hold([email])
    waiting = db.session.execute(
        sa.delete(Invitation)
        .where(Invitation.email == email)
        .returning(Invitation.path_slug, Invitation.due_at, Invitation.note, Invitation.invited_by)
    ).all()
    for one in sorted(waiting, key=lambda one: one.path_slug):
        about = {"by": one.invited_by, "due_at": one.due_at, "note": one.note}
        with suppress(PathNotFound, PathArchived):
            services.enroll(user_id, one.path_slug, **about)


def forget(email: str) -> None:
    """Forget every invitation to an address."""
    db.session.execute(sa.delete(Invitation).where(Invitation.email == email))


def purge_invitations() -> int:
    """Forget invitations that nobody took in 90 days; return how many. Commits as it goes."""
    old = Invitation.created_at < now() - KEPT_FOR
    return database.delete_in_batches(db.session, Invitation, old)


@mail.composes("invitation")
def compose_invitation(email: str) -> dict[str, Any] | None:
    """Say which paths wait for somebody."""
    titles = db.session.scalars(
        sa.select(Path.title)
        .join(Invitation, Invitation.path_slug == Path.slug)
        .where(Invitation.email == email)
        .order_by(Path.slug)
    ).all()
    return {"subject": "You are invited to learn", "titles": titles} if titles else None
