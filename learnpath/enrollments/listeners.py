"""What elders announce, and what it means for enrollments."""

from typing import Any

from ..users import signals
from . import services


@signals.exporting.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add the enrollments to what is kept about somebody."""
    return {"enrollments": services.export_enrollments(user_id)}
