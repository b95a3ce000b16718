"""What elders announce, and what it means for sessions."""

from typing import Any

from ..permissions import Caller
from ..users import signals
from . import services


@signals.password_changed.connect
def end_other_sessions(_sender: Any, user_id: int, by: Caller | None) -> None:
    """End every session but the one that changed the password."""
    services.end_sessions(user_id, but=by.session_id if by else None)
