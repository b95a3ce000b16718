"""What the people announce, and what it means for sessions and letters."""

from typing import Any

from .. import audit
from ..mail import services as mail
from ..permissions import Caller
from ..users import signals
from . import sessions
from .exporting import export_access


@signals.registered.connect
@signals.email_changed.connect
def ask_for_confirmation(_sender: Any, email: str, **_: Any) -> None:
    """Ask whoever has a new address to confirm it."""
    mail.queue("email-verification", email)


@signals.email_changed.connect
def forget_former_address(_sender: Any, former: str, **_: Any) -> None:
    """Forget the letters to an address that is nobody's any more."""
    mail.withdraw(former)


@signals.password_changed.connect
def end_other_sessions(_sender: Any, user_id: int, email: str, by: Caller | None) -> None:
    """End every session but the one that changed the password, and tell the owner."""
    sessions.end_sessions(user_id, but=by.session_id if by else None)
    mail.queue("password-changed", email)
    audit.note("password.changed", user_id=user_id, by=by.user_id if by else None)


@signals.deactivated.connect
def end_all_sessions(_sender: Any, user_id: int) -> None:
    """Log a deactivated account out for good."""
    sessions.end_sessions(user_id)


@signals.leaving.connect
def forget_traces(_sender: Any, user_id: int, email: str) -> None:
    """Forget the letters; sessions, tokens and known addresses go with the account's row."""
    mail.withdraw(email)
    audit.note("user.removed", user_id=user_id)


@signals.exporting.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add the sessions to what is kept about somebody."""
    return export_access(user_id)
