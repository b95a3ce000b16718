"""The endpoints under `/users`."""

from typing import Any

from flask.views import MethodView

from ..db import db
from ..enrollments import services as enrollments
from ..passwords import PasswordsBusy, WeakPassword
from ..paths import services as paths
from ..permissions import current_caller, current_user, requires
from ..rate_limits import TooManyRequests
from ..web.blueprint import Blueprint
from ..web.pagination import Page
from . import roles, services
from .permissions import (
    CREATE_USER,
    EDIT_USER,
    LIST_USERS,
    MANAGE_ROLES,
    READ_ME,
    READ_USER,
    REMOVE_USER,
)
from .schemas import (
    ExportSchema,
    NewUserSchema,
    RoleSchema,
    StatusSchema,
    UserChangesSchema,
    UserQuerySchema,
    UserSchema,
)

blp = Blueprint(
    "users",
    __name__,
    url_prefix="/users",
    description="Users and their accounts. `me` in a path is the user who sends the request.",
)


@blp.route("/", get="listUsers", post="createUser")
class UserCollection(MethodView):
    """All users."""

    @requires(LIST_USERS)
    @blp.arguments(UserQuerySchema, location="query")
    @blp.paginated_response(UserSchema, raw=True)
    def get(self, query: dict[str, Any]) -> Page:
        """List users, in the order of their ids.

        `q` searches names and email addresses; `role` and `status` filter further.
        """
        return services.list_profiles(**query)

    @requires(CREATE_USER)
    @blp.arguments(NewUserSchema)
    @blp.raw_response(201, UserSchema)
    @blp.raises(services.EmailTaken, WeakPassword, PasswordsBusy)
    def post(self, new_user: dict[str, Any]) -> Any:
        """Create a user with any role.

        The role is `learner` by default. The user can log in at once with this password.
        """
        user_id = services.register_user(**new_user)
        db.session.commit()
        return services.get_profile(user_id)


@blp.route("/me", get="getCurrentUser")
class Me(MethodView):
    """The user who sends the request."""

    @requires(READ_ME, columns=services.profile_columns)
    @blp.raw_response(200, UserSchema)
    def get(self) -> Any:
        """Show my account and my progress.

        `progress` maps each reported module to whether it is completed or waived.
        """
        return current_user().account


@blp.route("/me/export", get="exportCurrentUser")
class Export(MethodView):
    """All stored data about the user who sends the request."""

    @requires(READ_ME)
    @blp.raw_response(200, ExportSchema)
    def get(self) -> dict[str, Any]:
        """Export all data that the service stores about me.

        One part per feature: account, sessions, enrollments, progress, events and so on. Secrets
        are left out.
        """
        return services.export_user(current_user().user_id)


@blp.route("/<user:user_id>/role", patch="setUserRole")
class UserRole(MethodView):
    """The role of a user."""

    @requires(MANAGE_ROLES)
    @blp.arguments(RoleSchema)
    @blp.raw_response(200, UserSchema)
    @blp.raises(roles.LastAdmin, services.UserNotFound)
    def patch(self, change: dict[str, Any], user_id: int) -> Any:
        """Change a user's role, with effect at once.

        The role of the last active admin cannot be changed.
        """
        roles.set_role(user_id, **change)
        db.session.commit()
        return services.get_profile(user_id)


@blp.route("/<user:user_id>/status", patch="setUserStatus")
class UserStatus(MethodView):
    """The status of a user."""

    @requires(MANAGE_ROLES)
    @blp.arguments(StatusSchema)
    @blp.raw_response(200, UserSchema)
    @blp.raises(roles.LastAdmin, services.UserNotFound)
    def patch(self, change: dict[str, Any], user_id: int) -> Any:
        """Deactivate a user, which ends their sessions, or activate them again.

        Nothing is deleted. The last active admin cannot be deactivated.
        """
        roles.set_status(user_id, **change)
        db.session.commit()
        return services.get_profile(user_id)


@blp.route("/<user:user_id>", get="getUser", put="updateUser", delete="deleteUser")
class UserResource(MethodView):
    """One user."""

    @requires(READ_USER)
    @blp.raw_response(200, UserSchema)
    @blp.raises(services.UserNotFound)
    def get(self, user_id: int) -> Any:
        """Show a user with their progress map.

        Instructors see the learners of their own paths. The answer for a user that the caller may
        not see is the same whether or not the user exists.
        """
        return services.get_profile(user_id)

    @requires(EDIT_USER)
    @blp.arguments(UserChangesSchema)
    @blp.raw_response(200, UserSchema)
    @blp.raises(
        services.EmailTaken, WeakPassword, services.UserNotFound, TooManyRequests, PasswordsBusy
    )
    def put(self, changes: dict[str, Any], user_id: int) -> Any:
        """Change a user's name, email address, password, learning path or time zone.

        Absent fields keep their value. Users need `current_password` to change their own email
        address or password. A `learning_path` that names a published path also enrolls the user
        in it; another value withdraws no enrollment.
        """
        paths.check_learning_path(changes.get("learning_path"))
        services.edit_user(user_id, by=current_caller(), **changes)
        enrollments.enroll_by_label(
            user_id, changes.get("learning_path"), by=current_caller().user_id
        )
        db.session.commit()
        return services.get_profile(user_id)

    @requires(REMOVE_USER)
    @blp.response(204)
    @blp.raises(roles.LastAdmin, services.UserNotFound)
    def delete(self, user_id: int) -> None:
        """Delete a user and all their personal data.

        Account, sessions, progress and events are deleted at once and cannot be restored. The
        last active admin cannot be deleted.
        """
        roles.remove_user(user_id)
        db.session.commit()
