"""What notes do on signals of older features."""

from typing import Any

from ..users import signals
from .services import export_notes


@signals.export_requested.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add the user's notes to the export of their data."""
    return {"notes": export_notes(user_id)}
