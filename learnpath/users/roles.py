"""Change a user's role or status, or remove the user; the last active admin stays one."""

import sqlalchemy as sa

from ..db import db, locks
from ..errors import Conflict
from ..observability import audit
from ..permissions import ADMIN
from . import signals
from .models import ACTIVE, DEACTIVATED, User
from .services import lock_user


class LastAdmin(Conflict):
    """This is the last active admin, and the service needs at least one.

    Create another admin first, with `flask users create-admin` or by changing a role.
    """


def set_role(user_id: int, role: str) -> None:
    """Make a user a learner, an instructor or an admin. Raises LastAdmin, UserNotFound."""
    _update_account(user_id, role=role)
    audit.log("role.changed", user_id=user_id, role=role)


def set_status(user_id: int, status: str) -> None:
    """Activate or deactivate an account; deactivating ends its sessions.

    Raises LastAdmin, UserNotFound.
    """
    _update_account(user_id, status=status)
    if status == DEACTIVATED:
        signals.deactivated.send(User, user_id=user_id)
    audit.log("status.changed", user_id=user_id, status=status)


def remove_user(user_id: int) -> None:
    """Delete a user and all personal data. Raises LastAdmin, UserNotFound."""
    _require_another_admin(user_id)
    lock_user(user_id)
    email = db.session.scalar(sa.select(User.email).where(User.id == user_id))
    signals.deleting.send(User, user_id=user_id, email=email)
    db.session.execute(sa.delete(User).where(User.id == user_id))


def _update_account(user_id: int, **change: str) -> None:
    stays_admin = change.get("role", ADMIN) == ADMIN and change.get("status", ACTIVE) == ACTIVE
    if not stays_admin:
        _require_another_admin(user_id)
    lock_user(user_id)
    db.session.execute(sa.update(User).where(User.id == user_id).values(**change))


def _require_another_admin(user_id: int) -> None:
    """Raise LastAdmin if this is the only active admin.

    Locks all active admins, so that two of them cannot be demoted at the same time.
    """
    locks.begin_write()
    admins = db.session.scalars(
        sa.select(User.id)
        .where(User.role == ADMIN, User.status == ACTIVE)
        .order_by(User.id)
        .with_for_update()
    ).all()
    if admins == [user_id]:
        raise LastAdmin
