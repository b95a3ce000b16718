"""Progress follows the signals of users, enrollments and paths."""

from typing import Any

from ..enrollments import signals as enrollment_signals
from ..paths import signals as path_signals
from ..users import signals as user_signals
from . import erasure
from .completion import complete_path_for_all, complete_paths


@user_signals.deleting.connect
def erase_progress(_sender: Any, user_id: int, **_: Any) -> None:
    """Erase the progress of a user who is being deleted."""
    erasure.erase_progress(user_id)


@user_signals.export_requested.connect
def export_progress(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add the progress to the export of a user's data."""
    return erasure.export_progress(user_id)


@enrollment_signals.enrolled.connect
def complete_on_enrollment(_sender: Any, user_id: int, path: str, **_: Any) -> None:
    """Complete the path at once if its required modules are done already."""
    complete_paths(user_id, [path])


@path_signals.requirements_changed.connect
def complete_after_edit(_sender: Any, path: str) -> None:
    """Complete the path for all learners whose required modules are done now (rule 3)."""
    complete_path_for_all(path)
