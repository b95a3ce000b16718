"""The addresses where people join and leave paths."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..extensions import db
from ..pages import Page
from ..paths.services import PathNotFound
from ..permissions import requires, the_caller
from ..rest import Blueprint
from ..users import services as users
from . import bulk, services
from .models import Enrollment
from .permissions import (
    ENROLL,
    ENROLL_OTHERS,
    LIST_OWN_ENROLLMENTS,
    LIST_PATH_ENROLLMENTS,
    USE_ENROLLMENT,
    paths_looked_after,
    readable_enrollment,
    refuse_changing,
    refuse_enrolling_others,
)
from .schemas import (
    BulkEnrollmentSchema,
    BulkResultSchema,
    BulkSchema,
    EnrollmentChangesSchema,
    EnrollmentQuerySchema,
    EnrollmentSchema,
    NewEnrollmentSchema,
    UserEnrollmentQuerySchema,
)

blp = Blueprint(
    "enrollments", __name__, description="Who follows which path: joining, leaving, whole classes."
)


@blp.route("/paths/<path_slug:path>/enrollments")
class PathEnrollments(MethodView):
    """The class of a path."""

    @requires(LIST_PATH_ENROLLMENTS)
    @blp.arguments(EnrollmentQuerySchema, location="query")
    @blp.page(EnrollmentSchema)
    @blp.refuses(PathNotFound)
    def get(self, query: dict[str, Any], path: str) -> Page:
        """List who follows a path, and who did.

        Oldest first. `overdue=true` narrows to active enrollments whose due date is past.
        """
        return services.list_enrollments(path=path, **query)

    @requires(ENROLL)
    @blp.arguments(NewEnrollmentSchema)
    @blp.response(201, EnrollmentSchema)
    @blp.alt_response(200, schema=EnrollmentSchema, description="was enrolled already")
    @blp.refuses(PathNotFound, services.PathArchived, users.UserNotFound)
    def post(self, request: dict[str, Any], path: str) -> tuple[Enrollment, int]:
        """Join a path; staff also enroll others, by id or by email address.

        Doing it again answers 200 with the same enrollment. Whoever had withdrawn comes
        back to the same one.
        """
        caller = the_caller()
        refuse_enrolling_others(caller, path, request)
        user_id = users.resolve(request.pop("user_id", None), request.pop("email", None), caller)
        enrollment, is_new = services.enroll(user_id, path, by=caller.user_id, **request)
        db.session.commit()
        return enrollment, 201 if is_new else 200


@blp.route("/users/<user:user_id>/enrollments")
class UserEnrollments(MethodView):
    """The paths of a user."""

    @requires(LIST_OWN_ENROLLMENTS)
    @blp.arguments(UserEnrollmentQuerySchema, location="query")
    @blp.page(EnrollmentSchema)
    @blp.refuses(users.UserNotFound)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List the paths that a user follows, and did.

        Oldest first. What is completed stays completed, whatever becomes of the path.
        """
        users.get_profile(user_id)
        return services.list_enrollments(user_id=user_id, **query)


@blp.route("/enrollments/<id:enrollment_id>")
class EnrollmentResource(MethodView):
    """One person on one path."""

    @requires(USE_ENROLLMENT)
    @blp.response(200, EnrollmentSchema)
    @blp.refuses(services.EnrollmentNotFound)
    def get(self, enrollment_id: int) -> Enrollment:
        """Show an enrollment: one's own, or one in a path that one looks after.

        Any other is answered like one that is not there. The example works once somebody has
        joined the first path.
        """
        return readable_enrollment(the_caller(), enrollment_id)

    @requires(USE_ENROLLMENT)
    @blp.arguments(EnrollmentChangesSchema)
    @blp.response(200, EnrollmentSchema)
    @blp.refuses(services.EnrollmentNotFound)
    def patch(self, changes: dict[str, Any], enrollment_id: int) -> Enrollment:
        """Set the due date or the note of an enrollment, as staff of its path.

        null takes either away. A due date makes `overdue` true once it is past, and locks
        nothing. The example works once somebody has joined the first path.
        """
        caller = the_caller()
        refuse_changing(caller, readable_enrollment(caller, enrollment_id))
        enrollment = services.change_enrollment(enrollment_id, by=caller.user_id, **changes)
        db.session.commit()
        return enrollment

    @requires(USE_ENROLLMENT)
    @blp.response(204)
    @blp.refuses(services.EnrollmentNotFound)
    def delete(self, enrollment_id: int) -> None:
        """Leave a path.

        Progress stays, and what was completed stays completed. Joining again brings the same
        enrollment back. The example works once you are the first who has joined a path.
        """
        caller = the_caller()
        readable_enrollment(caller, enrollment_id)
        services.withdraw(enrollment_id, by=caller.user_id)
        db.session.commit()


@blp.route("/enrollments/bulk")
class BulkEnrollment(MethodView):
    """Whole classes."""

    @requires(ENROLL_OTHERS)
    @blp.arguments(BulkEnrollmentSchema)
    @blp.response(200, BulkResultSchema(many=True))
    def post(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Enroll people by email address; who has no account is invited.

        At most 500 results, each for itself: `enrolled`, `already`, `invited` or `refused`
        with its reason.
        """
        caller = the_caller()
        results = bulk.enroll_all(
            bulk.wishes(body.pop("paths"), body.pop("emails"), **body),
            by=caller.user_id,
            may_enroll_in=paths_looked_after(caller),
        )
        db.session.commit()
        return results


@blp.route("/enrollments/bulk/withdraw")
class BulkWithdrawal(MethodView):
    """Whole classes leaving."""

    @requires(ENROLL_OTHERS)
    @blp.arguments(BulkSchema)
    @blp.response(200, BulkResultSchema(many=True))
    def post(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Take people off paths by email address; their progress stays.

        Each gets a result: `withdrawn`, `not_enrolled` or `refused` with its reason.
        """
        caller = the_caller()
        results = bulk.withdraw_all(
            bulk.wishes(body["paths"], body["emails"]),
            by=caller.user_id,
            may_enroll_in=paths_looked_after(caller),
        )
        db.session.commit()
        return results
