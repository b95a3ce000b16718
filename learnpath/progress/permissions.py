"""Who may see how far a learner has come, and who may report for them."""

from ..enrollments.permissions import an_instructor_of_this_learner
from ..permissions import Caller, Machine, Permission, a_key_for, an_admin, themselves
from .writing import Reporter

REPORT_PROGRESS = Permission("progress:report", themselves, an_admin, a_key_for("progress:write"))
WRITE_PROGRESS = Permission(
    "progress:write",
    themselves,
    an_instructor_of_this_learner,
    an_admin,
    a_key_for("progress:write"),
)
WAIVE_PROGRESS = Permission("progress:waive", an_instructor_of_this_learner, an_admin)
READ_PROGRESS = Permission(
    "progress:read",
    themselves,
    an_instructor_of_this_learner,
    an_admin,
    a_key_for("progress:read"),
)


def reporter(caller: Caller) -> Reporter:
    """Say as whom `caller` writes: locks bind learners, not staff and machines."""
    is_trusted = isinstance(caller, Machine) or caller.is_staff
    return Reporter(user_id=caller.user_id, is_trusted=is_trusted)
