"""What the people announce, and what it means for progress."""

from typing import Any

from ..paths import services as paths
from ..users import signals
from . import services


@signals.leaving.connect
def forget_progress(_sender: Any, user_id: int, **_: Any) -> None:
    """Erase what somebody did."""
    services.forget_learner(user_id)


@signals.exporting.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add the progress to what is kept about somebody."""
    return {
        "progress_records": services.export_progress(user_id),
        "introduced_modules": paths.list_stubs_of(user_id),
    }
