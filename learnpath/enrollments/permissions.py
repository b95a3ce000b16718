"""Who may put whom on a path, and who may see it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..errors import Forbidden
from ..paths.permissions import an_author_of_this_path
from ..permissions import (
    INSTRUCTOR,
    Caller,
    Permission,
    Place,
    a_key_for,
    an_admin,
    an_instructor,
    anyone_logged_in,
    themselves,
)
from . import services
from .models import Enrollment
from .services import EnrollmentNotFound


def an_instructor_of_this_learner(caller: Caller, place: Place) -> bool:
    """Hold for an author of a path that the user in the address follows."""
    if caller.role != INSTRUCTOR or caller.user_id is None:
        return False
    return services.teaches(caller.user_id, place["user_id"])


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
USE_ENROLLMENT = Permission("enrollments:use", anyone_logged_in, a_key_for("enrollments:write"))


def refuse_enrolling_others(caller: Caller, path: str, request: dict[str, Any]) -> None:
    """Raise Forbidden where somebody who is not staff of `path` asks for more than joining it."""
    is_for_themselves = request.get("user_id") in (None, caller.user_id) and not (
        request.keys() & {"email", "due_at", "note"}
    )
    if not is_for_themselves and not _is_staff(caller, path):
        raise Forbidden


def readable_enrollment(caller: Caller, enrollment_id: int) -> Enrollment:
    """Return an enrollment that `caller` may see: their own, or one in a path they look after.

    Raises EnrollmentNotFound, alike for what is not there and for what is not theirs.
    """
    enrollment = services.get_enrollment(enrollment_id)
    is_theirs = caller.user_id is not None and enrollment.user_id == caller.user_id
    if not is_theirs and not _is_staff(caller, enrollment.path_slug):
        raise EnrollmentNotFound
    return enrollment


def paths_looked_after(caller: Caller) -> Collection[str]:
    """Return the slugs of the paths in which `caller` may enroll others."""
    if an_admin(caller, {}) or a_key_for("enrollments:write")(caller, {}):
        return services.all_paths()
    return services.paths_authored_by(caller.user_id)


def refuse_changing(caller: Caller, enrollment: Enrollment) -> None:
    """Raise Forbidden for a learner: due date and note are for staff to set."""
    if not _is_staff(caller, enrollment.path_slug):
        raise Forbidden


def _is_staff(caller: Caller, path: str) -> bool:
    place = {"path": path}
    holders = (an_admin, an_author_of_this_path, a_key_for("enrollments:write"))
    return any(holder(caller, place) for holder in holders)
