"""The endpoints of enrollments."""

from typing import Any

from flask.views import MethodView

from ..db import db
from ..paths.services import PathNotFound
from ..permissions import current_caller, requires
from ..users import services as users
from ..web.blueprint import Blueprint
from ..web.pagination import Page
from . import bulk, services
from .models import Enrollment
from .permissions import (
    ENROLL,
    ENROLL_OTHERS,
    LIST_OWN_ENROLLMENTS,
    LIST_PATH_ENROLLMENTS,
    MANAGE_ENROLLMENT,
    manageable_paths,
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
    "enrollments",
    __name__,
    description="Who is enrolled in which path: join, leave, and enroll many people at once.",
)


@blp.route(
    "/paths/<path_slug:path>/enrollments", get="listPathEnrollments", post="createEnrollment"
)
class PathEnrollments(MethodView):
    """The enrollments of a path."""

    @requires(LIST_PATH_ENROLLMENTS)
    @blp.arguments(EnrollmentQuerySchema, location="query")
    @blp.paginated_response(EnrollmentSchema)
    @blp.raises(PathNotFound)
    def get(self, query: dict[str, Any], path: str) -> Page:
        """List the enrollments of a path, oldest first.

        `overdue=true` lists only active enrollments whose due date has passed.
        """
        return services.list_enrollments(path=path, **query)

    @requires(ENROLL)
    @blp.arguments(NewEnrollmentSchema)
    @blp.response(201, EnrollmentSchema)
    @blp.alt_response(200, schema=EnrollmentSchema, description="was enrolled already")
    @blp.raises(PathNotFound, services.PathArchived, users.UserNotFound)
    def post(self, request: dict[str, Any], path: str) -> tuple[Enrollment, int]:
        """Join a path; staff also enroll others, by id or by email address.

        Joining again answers 200 with the same enrollment. After a withdrawal it becomes
        active again.
        """
        caller = current_caller()
        refuse_enrolling_others(caller, path, request)
        user_id = users.resolve_user_id(
            request.pop("user_id", None), request.pop("email", None), caller
        )
        enrollment, is_new = services.enroll(user_id, path, by=caller.user_id, **request)
        db.session.commit()
        return enrollment, 201 if is_new else 200


@blp.route("/users/<user:user_id>/enrollments", get="listUserEnrollments")
class UserEnrollments(MethodView):
    """The enrollments of a user."""

    @requires(LIST_OWN_ENROLLMENTS)
    @blp.arguments(UserEnrollmentQuerySchema, location="query")
    @blp.paginated_response(EnrollmentSchema)
    @blp.raises(users.UserNotFound)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List the enrollments of a user, oldest first.

        A completion stays, also when the path changes.
        """
        users.get_profile(user_id)
        return services.list_enrollments(user_id=user_id, **query)


@blp.route(
    "/enrollments/<id:enrollment_id>",
    get="getEnrollment",
    patch="updateEnrollment",
    delete="deleteEnrollment",
)
class EnrollmentResource(MethodView):
    """One enrollment."""

    @requires(MANAGE_ENROLLMENT)
    @blp.response(200, EnrollmentSchema)
    @blp.raises(services.EnrollmentNotFound)
    def get(self, enrollment_id: int) -> Enrollment:
        """Show an enrollment: your own, or one in a path that you manage.

        Any other is answered with 404. The example works once a user has joined the first path.
        """
        return readable_enrollment(current_caller(), enrollment_id)

    @requires(MANAGE_ENROLLMENT)
    @blp.arguments(EnrollmentChangesSchema)
    @blp.response(200, EnrollmentSchema)
    @blp.raises(services.EnrollmentNotFound)
    def patch(self, changes: dict[str, Any], enrollment_id: int) -> Enrollment:
        """Set the due date or the note of an enrollment, as staff of its path.

        null removes either. A due date that has passed makes `overdue` true, and locks
        nothing. The example works once a user has joined the first path.
        """
        caller = current_caller()
        refuse_changing(caller, readable_enrollment(caller, enrollment_id))
        enrollment = services.change_enrollment(enrollment_id, by=caller.user_id, **changes)
        db.session.commit()
        return enrollment

    @requires(MANAGE_ENROLLMENT)
    @blp.response(204)
    @blp.raises(services.EnrollmentNotFound)
    def delete(self, enrollment_id: int) -> None:
        """Leave a path.

        Progress and completions stay. Joining again restores the same enrollment. The example
        works once you are the first user who has joined a path.
        """
        caller = current_caller()
        readable_enrollment(caller, enrollment_id)
        services.withdraw(enrollment_id, by=caller.user_id)
        db.session.commit()


@blp.route("/enrollments/bulk", post="enrollUsers")
class BulkEnrollment(MethodView):
    """Enroll many people at once."""

    @requires(ENROLL_OTHERS)
    @blp.arguments(BulkEnrollmentSchema)
    @blp.response(200, BulkResultSchema(many=True))
    def post(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Enroll people by email address; people without an account are invited.

        There are at most 500 results: `enrolled`, `already`, `invited`, or `refused` with its
        reason.
        """
        caller = current_caller()
        results = bulk.enroll_all(
            bulk.make_requests(body.pop("paths"), body.pop("emails"), **body),
            by=caller.user_id,
            may_enroll_in=manageable_paths(caller),
        )
        db.session.commit()
        return results


@blp.route("/enrollments/bulk/withdraw", post="withdrawUsers")
class BulkWithdrawal(MethodView):
    """Withdraw many people at once."""

    @requires(ENROLL_OTHERS)
    @blp.arguments(BulkSchema)
    @blp.response(200, BulkResultSchema(many=True))
    def post(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Withdraw people from paths by email address; their progress stays.

        Each gets a result: `withdrawn`, `not_enrolled`, or `refused` with its reason.
        """
        caller = current_caller()
        results = bulk.withdraw_all(
            bulk.make_requests(body["paths"], body["emails"]),
            by=caller.user_id,
            may_enroll_in=manageable_paths(caller),
        )
        db.session.commit()
        return results
