"""Who may read the progress of a learner, and who may report for them."""

from ..enrollments.permissions import an_instructor_of_this_learner
from ..permissions import ApiClient, Caller, Permission, a_key_for, an_admin, themselves
from .store import Actor

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
    "progress:read", themselves, an_instructor_of_this_learner, an_admin, a_key_for("progress:read")
)


def actor_of(caller: Caller) -> Actor:
    """Return the actor for a caller: locks apply to learners, not to staff and API keys."""
    bypasses_locks = isinstance(caller, ApiClient) or caller.is_staff
    return Actor(user_id=caller.user_id, bypasses_locks=bypasses_locks)
