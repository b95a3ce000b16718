"""What elders announce, and what it means for notes."""

from typing import Any

from ..users import signals
from .services import export_notes


@signals.exporting.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add the notes to what is kept about somebody."""
    return {"notes": export_notes(user_id)}
