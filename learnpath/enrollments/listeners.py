"""What elders announce, and what it means for enrollments."""

from typing import Any

from flask import current_app

from ..users import signals
from . import invitations
from .exporting import export_enrollments, export_invitations


@signals.registered.connect
def welcome(_sender: Any, user_id: int, email: str) -> None:
    """Take up the invitations of somebody new, where addresses need no confirmation."""
    if not current_app.config["REQUIRE_VERIFIED_EMAIL"]:
        invitations.accept(user_id, email)


@signals.email_confirmed.connect
def take_up_invitations(_sender: Any, user_id: int, email: str) -> None:
    """Take up the invitations to an address that is confirmed now."""
    invitations.accept(user_id, email)


@signals.leaving.connect
def forget_invitations(_sender: Any, email: str, **_: Any) -> None:
    """Forget what was kept for the address of somebody who leaves."""
    invitations.forget(email)


@signals.exporting.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add enrollments and invitations to what is kept about somebody."""
    return {
        "enrollments": export_enrollments(user_id),
        "invitations": export_invitations(user_id),
    }
