"""Who may enroll other users, and who may see enrollments."""

from collections.abc import Collection
from typing import Any

from ..errors import Forbidden
from ..paths.permissions import an_author_of_this_path
from ..permissions import (
    INSTRUCTOR,
    Caller,
    Permission,
    ViewArgs,
    a_key_for,
    an_admin,
    an_instructor,
    anyone_logged_in,
    themselves,
)
from . import services
from .models import Enrollment


def an_instructor_of_this_learner(caller: Caller, args: ViewArgs) -> bool:
    """Allow an author of a path in which the user in the URL is enrolled."""
    return caller.role == INSTRUCTOR and services.teaches(caller.user_id, args["user_id"])


ENROLL = Permission("enrollments:enroll", anyone_logged_in, a_key_for("enrollments:write"))
ENROLL_OTHERS = Permission(
    "enrollments:enroll-others", an_instructor, an_admin, a_key_for("enrollments:write")
)
LIST_PATH_ENROLLMENTS = Permission(
    "enrollments:list", an_author_of_this_path, an_admin, a_key_for("reports:read")
)
LIST_OWN_ENROLLMENTS = Permission(
    "enrollments:read", themselves, an_admin, a_key_for("progress:read")
)
MANAGE_ENROLLMENT = Permission(
    "enrollments:manage", anyone_logged_in, a_key_for("enrollments:write")
)


def refuse_enrolling_others(caller: Caller, path: str, request: dict[str, Any]) -> None:
    """Raise Forbidden where a caller who is not staff of `path` does more than join it."""
    is_for_themselves = request.get("user_id") in (None, caller.user_id) and not (
        request.keys() & {"email", "due_at", "note"}
    )
    if not is_for_themselves and not _is_staff(caller, path):
        raise Forbidden


def readable_enrollment(caller: Caller, enrollment_id: int) -> Enrollment:
    """Return an enrollment that `caller` may see: their own, or one in a path they may manage.

    Raises EnrollmentNotFound, also where it exists but the caller may not see it.
    """
    enrollment = services.get_enrollment(enrollment_id)
    is_theirs = caller.user_id is not None and enrollment.user_id == caller.user_id
    if not is_theirs and not _is_staff(caller, enrollment.path_slug):
        raise services.EnrollmentNotFound
    return enrollment


def manageable_paths(caller: Caller) -> Collection[str]:
    """Return the slugs of the paths in which `caller` may enroll others."""
    if an_admin(caller, {}) or a_key_for("enrollments:write")(caller, {}):
        return services.list_path_slugs()
    return services.list_authored_paths(caller.user_id)


def refuse_changing(caller: Caller, enrollment: Enrollment) -> None:
    """Raise Forbidden for a learner: only staff set the due date and the note."""
    if not _is_staff(caller, enrollment.path_slug):
        raise Forbidden


def _is_staff(caller: Caller, path: str) -> bool:
    predicates = (an_admin, an_author_of_this_path, a_key_for("enrollments:write"))
    return any(holds(caller, {"path": path}) for holds in predicates)
