"""The addresses of people."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..enrollments import services as enrollments
from ..extensions import db
from ..pages import Page
from ..passwords import PasswordsBusy, WeakPassword
from ..paths import services as paths
from ..permissions import requires, the_caller, the_person
from ..rest import Blueprint
from ..throttle import TooManyRequests
from . import editing, services, standing
from .permissions import (
    CHANGE_STANDING,
    CREATE_USER,
    EDIT_USER,
    LIST_USERS,
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
    description="People and their accounts. `me` in an address is whoever asks.",
)


@blp.route("/")
class UserCollection(MethodView):
    """Everybody."""

    @requires(LIST_USERS)
    @blp.arguments(UserQuerySchema, location="query")
    @blp.page(UserSchema, plain=True)
    def get(self, query: dict[str, Any]) -> Page:
        """List users, in the order of their ids.

        `q` is looked for in names and email addresses; `role` and `status` narrow further.
        """
        return services.list_profiles(**query)

    @requires(CREATE_USER)
    @blp.arguments(NewUserSchema)
    @blp.plain_response(201, UserSchema)
    @blp.refuses(services.EmailTaken, WeakPassword, PasswordsBusy)
    def post(self, new_user: dict[str, Any]) -> Any:
        """Create a user with any role.

        A learner unless `role` says else. The person can log in at once with this password.
        """
        user_id = services.register_user(**new_user)
        db.session.commit()
        return services.get_profile(user_id)


@blp.route("/me")
class Me(MethodView):
    """Whoever is asking."""

    @requires(READ_ME, loads=services.profile_columns)
    @blp.plain_response(200, UserSchema)
    def get(self) -> Any:
        """Show who I am and how far I have come.

        `progress` maps each reported module to whether it is completed or waived.
        """
        return the_person().loaded


@blp.route("/me/export")
class Export(MethodView):
    """What is kept about whoever is asking."""

    @requires(READ_ME)
    @blp.plain_response(200, ExportSchema)
    def get(self) -> dict[str, Any]:
        """Give me everything that is kept about me.

        One part per feature: account, sessions, enrollments, progress, events and so on. Secrets
        are left out.
        """
        return services.export_user(the_person().user_id)


@blp.route("/<user:user_id>/role")
class UserRole(MethodView):
    """What a user may do here."""

    @requires(CHANGE_STANDING)
    @blp.arguments(RoleSchema)
    @blp.plain_response(200, UserSchema)
    @blp.refuses(standing.LastAdmin, services.UserNotFound)
    def patch(self, change: dict[str, Any], user_id: int) -> Any:
        """Give a user another role; it acts at once.

        The last active admin stays one, since somebody has to be able to administer.
        """
        standing.set_role(user_id, **change)
        db.session.commit()
        return services.get_profile(user_id)


@blp.route("/<user:user_id>/status")
class UserStatus(MethodView):
    """Whether a user may log in."""

    @requires(CHANGE_STANDING)
    @blp.arguments(StatusSchema)
    @blp.plain_response(200, UserSchema)
    @blp.refuses(standing.LastAdmin, services.UserNotFound)
    def patch(self, change: dict[str, Any], user_id: int) -> Any:
        """Deactivate a user, which ends their sessions, or let them in again.

        Nothing is erased. The last active admin stays active.
        """
        standing.set_status(user_id, **change)
        db.session.commit()
        return services.get_profile(user_id)


@blp.route("/<user:user_id>")
class UserResource(MethodView):
    """One person."""

    @requires(READ_USER)
    @blp.plain_response(200, UserSchema)
    @blp.refuses(services.UserNotFound)
    def get(self, user_id: int) -> Any:
        """Show a user with their progress map.

        Instructors see the learners of their own paths. An id that is not for you to see is
        refused alike whether or not it exists.
        """
        return services.get_profile(user_id)

    @requires(EDIT_USER)
    @blp.arguments(UserChangesSchema)
    @blp.plain_response(200, UserSchema)
    @blp.refuses(
        services.EmailTaken, WeakPassword, services.UserNotFound, TooManyRequests, PasswordsBusy
    )
    def put(self, changes: dict[str, Any], user_id: int) -> Any:
        """Change a user's name, email address, password, learning path or time zone.

        What is absent stays as it is. Changing one's own email address or password needs
        `current_password`. A `learning_path` that names a published path also enrolls in it;
        another value withdraws nothing.
        """
        paths.check_learning_path(changes.get("learning_path"))
        editing.edit_user(user_id, by=the_caller(), **changes)
        enrollments.enroll_by_label(user_id, changes.get("learning_path"), by=the_caller().user_id)
        db.session.commit()
        return services.get_profile(user_id)

    @requires(REMOVE_USER)
    @blp.response(204)
    @blp.refuses(standing.LastAdmin, services.UserNotFound)
    def delete(self, user_id: int) -> None:
        """Erase a user and every personal trace of them.

        Account, sessions, progress and events go at once and for good. The last admin stays.
        """
        standing.remove_user(user_id)
        db.session.commit()
