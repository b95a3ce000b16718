"""What enrollments do when a user registers, confirms an email address, leaves or exports."""

from typing import Any

from flask import current_app

from ..users import signals
from . import invitations
from .export import export_enrollments, export_invitations


@signals.registered.connect
def accept_after_registration(_sender: Any, user_id: int, email: str) -> None:
    """Accept the invitations of a new user, where email addresses need no confirmation."""
    if not current_app.config["REQUIRE_VERIFIED_EMAIL"]:
        invitations.accept_invitations(user_id, email)


@signals.email_confirmed.connect
def accept_after_confirmation(_sender: Any, user_id: int, email: str) -> None:
    """Accept the invitations to an email address that the user has confirmed."""
    invitations.accept_invitations(user_id, email)


@signals.deleting.connect
def delete_invitations(_sender: Any, email: str, **_: Any) -> None:
    """Delete the invitations to the email address of a user who is deleted."""
    invitations.delete_invitations(email)


@signals.export_requested.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add enrollments and invitations to the export of a user's data."""
    return {"enrollments": export_enrollments(user_id), "invitations": export_invitations(user_id)}
