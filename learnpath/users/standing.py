"""Roles, deactivation and leaving: what nobody may do to the last admin."""

from __future__ import annotations

import sqlalchemy as sa

from .. import audit, database
from ..errors import Conflict
from ..extensions import db
from ..permissions import ADMIN
from . import signals
from .models import ACTIVE, DEACTIVATED, User
from .services import lock_user


class LastAdmin(Conflict):
    """This is the last active admin, and somebody has to be able to administer.

    Make another admin first, with `flask users create-admin` or by changing a role.
    """


def set_role(user_id: int, role: str) -> None:
    """Make a user a learner, an instructor or an admin. Raises LastAdmin, UserNotFound."""
    _change_standing(user_id, role=role)
    audit.note("role.changed", user_id=user_id, role=role)


def set_status(user_id: int, status: str) -> None:
    """Activate or deactivate an account; deactivating ends its sessions.

    Raises LastAdmin, UserNotFound.
    """
    _change_standing(user_id, status=status)
    if status == DEACTIVATED:
        signals.deactivated.send(User, user_id=user_id)
    audit.note("status.changed", user_id=user_id, status=status)


def remove_user(user_id: int) -> None:
    """Erase a user and every personal trace. Raises LastAdmin, UserNotFound."""
    _refuse_losing_the_last_admin(user_id)
    lock_user(user_id)
    email = db.session.scalar(sa.select(User.email).where(User.id == user_id))
    signals.leaving.send(User, user_id=user_id, email=email)
    db.session.execute(sa.delete(User).where(User.id == user_id))


def _change_standing(user_id: int, **change: str) -> None:
    stays_admin = change.get("role", ADMIN) == ADMIN and change.get("status", ACTIVE) == ACTIVE
    if not stays_admin:
        _refuse_losing_the_last_admin(user_id)
    lock_user(user_id)
    db.session.execute(sa.update(User).where(User.id == user_id).values(**change))


def _refuse_losing_the_last_admin(user_id: int) -> None:
    """Lock all active admins, so that two of them cannot leave at the same instant."""
    database.begin_write(db.session)
    admins = db.session.scalars(
        sa.select(User.id)
        .where(User.role == ADMIN, User.status == ACTIVE)
        .order_by(User.id)
        .with_for_update()
    ).all()
    if admins == [user_id]:
        raise LastAdmin
