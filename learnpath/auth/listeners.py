"""What the auth feature does when an account changes."""

from typing import Any

from ..mail import services as mail
from ..observability import audit
from ..permissions import Caller
from ..users import signals
from . import sessions
from .export import export_access


@signals.registered.connect
@signals.email_changed.connect
def send_verification(_sender: Any, email: str, **_: Any) -> None:
    """Send a verification email to a new email address."""
    mail.queue("email-verification", email)


@signals.email_changed.connect
def cancel_former_emails(_sender: Any, former: str, **_: Any) -> None:
    """Delete the queued emails to the former email address."""
    mail.cancel(former)


@signals.password_changed.connect
def end_other_sessions(_sender: Any, user_id: int, email: str, by: Caller | None) -> None:
    """End all sessions except the one that changed the password, and notify the owner."""
    sessions.end_sessions(user_id, except_session=by.session_id if by else None)
    mail.queue("password-changed", email)
    audit.log("password.changed", user_id=user_id)


@signals.deactivated.connect
def end_all_sessions(_sender: Any, user_id: int) -> None:
    """End all sessions of a deactivated account."""
    sessions.end_sessions(user_id)


@signals.deleting.connect
def delete_emails(_sender: Any, user_id: int, email: str) -> None:
    """Delete the user's emails; the other tables of this feature cascade."""
    mail.cancel(email)
    audit.log("user.removed", user_id=user_id)


@signals.export_requested.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add sessions, tokens and emails to a user's data export."""
    return export_access(user_id)
