"""What the people announce, and what it means for API keys."""

from typing import Any

from ..users import signals
from . import services


@signals.exporting.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add the keys that somebody made to what is kept about them."""
    return {"api_keys": services.export_keys(user_id)}
