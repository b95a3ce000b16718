"""What elders announce, and what it means for progress."""

from typing import Any

from ..enrollments import signals as enrollment_signals
from ..paths import signals as path_signals
from ..users import signals as user_signals
from . import erasing
from .completing import judge_learner, judge_path


@user_signals.leaving.connect
def forget_progress(_sender: Any, user_id: int, **_: Any) -> None:
    """Erase what somebody did."""
    erasing.forget_learner(user_id)


@user_signals.exporting.connect
def export(_sender: Any, user_id: int) -> dict[str, Any]:
    """Add the progress to what is kept about somebody."""
    return erasing.export_progress(user_id)


@enrollment_signals.enrolled.connect
def judge_the_newcomer(_sender: Any, user_id: int, path: str, **_: Any) -> None:
    """Complete the path at once for somebody who has everything already."""
    judge_learner(user_id, [path])


@path_signals.requirements_changed.connect
def judge_the_class(_sender: Any, path: str) -> None:
    """Complete the path for everybody who now has everything (rule 3)."""
    judge_path(path)
