"""What the API keys feature does when an account changes."""

from typing import Any

from ..users import signals
from . import services


@signals.export_requested.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add the keys that a user created to the user's data export."""
    return {"api_keys": services.export_keys(user_id)}
