"""The endpoints for registration, login and sessions."""

from typing import Any

from flask import request
from flask.views import MethodView

from .. import rate_limits
from ..db import db
from ..observability import audit
from ..passwords import PasswordsBusy, WeakPassword
from ..permissions import current_user, public, requires
from ..rate_limits import TooManyRequests
from ..users import services as users
from ..users.schemas import RegistrationSchema, UserSchema
from ..users.services import EmailTaken, UserNotFound
from ..web.blueprint import Blueprint
from ..web.pagination import Page, PageQuerySchema
from . import services, sessions
from .models import LABEL_MAX
from .permissions import MANAGE_OWN_SESSIONS, READ_SESSIONS
from .schemas import (
    CredentialsSchema,
    PasswordFormSchema,
    RefreshSchema,
    SessionSchema,
    TokensSchema,
)

blp = Blueprint("auth", __name__, description="Registration, login and sessions. Start here.")

PASSWORD_FORM = {"content": {"application/x-www-form-urlencoded": {"schema": PasswordFormSchema}}}

DEVICE = {
    "in": "header",
    "name": "User-Agent",
    "description": "becomes the `label` of the session",
    "schema": {"type": "string"},
}


@blp.route("/users/register", post="registerUser")
class Registration(MethodView):
    """Registration."""

    @public
    @blp.arguments(RegistrationSchema)
    @blp.raw_response(201, UserSchema)
    @blp.raises(
        services.RegistrationClosed, EmailTaken, WeakPassword, TooManyRequests, PasswordsBusy
    )
    def post(self, registration: dict[str, Any]) -> Any:
        """Register an account with the role `learner`.

        Email addresses are unique; they are normalised and compared without case. A password has
        8 to 128 characters of any kind, and common ones are refused. The answer holds no token:
        log in next. Refused if the service runs with `REGISTRATION_OPEN=false`.
        """
        services.check_registration(rate_limits.client_ip())
        user_id = users.register_user(**registration)
        db.session.commit()
        return users.get_profile(user_id)


@blp.route("/users/login", post="logIn")
class Login(MethodView):
    """Log in."""

    @public
    @blp.arguments(CredentialsSchema, location="credentials")
    @blp.doc(requestBody=PASSWORD_FORM, parameters=[DEVICE])
    @blp.raw_response(200, TokensSchema)
    @blp.raises(services.WrongCredentials, services.EmailUnverified, TooManyRequests, PasswordsBusy)
    def post(self, credentials: dict[str, Any]) -> dict[str, Any]:
        """Log in with an email address and a password.

        As JSON, or as the OAuth 2.0 password form that the Authorize button of the docs page
        sends. Send the `access_token` in later requests as `Authorization: Bearer …`. A wrong
        password and an unknown email address get the same answer, and failures are counted. The
        example works after that of `POST /api/v1/users/register`.
        """
        ip = rate_limits.client_ip()
        user_id, tokens = services.log_in(**credentials, ip=ip, label=_device())
        db.session.commit()
        audit.log("login.ok", user_id=user_id)
        return tokens


@blp.route("/auth/refresh", post="refreshTokens")
class Refresh(MethodView):
    """Refresh a session."""

    @public
    @blp.arguments(RefreshSchema)
    @blp.raw_response(200, TokensSchema)
    @blp.raises(sessions.InvalidRefreshToken)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Exchange a refresh token for a new access token and the next refresh token.

        Each refresh token is valid once. Sending an older one ends the session, except that a
        token that was used within the last 10 seconds gets the same successor again. The
        example only shows the form: send the token from your own login.
        """
        tokens = sessions.refresh_session(body["refresh_token"])
        db.session.commit()
        return tokens


@blp.route("/auth/logout", post="logOut")
class Logout(MethodView):
    """Log out of one session."""

    @requires(MANAGE_OWN_SESSIONS)
    @blp.response(204)
    def post(self) -> None:
        """Log out: end the session of this access token.

        The access token and the refresh token of this session are refused from now on.
        """
        caller = current_user()
        sessions.end_session(caller.user_id, caller.session_id)
        db.session.commit()


@blp.route("/auth/logout-all", post="logOutEverywhere")
class LogoutEverywhere(MethodView):
    """Log out of all sessions."""

    @requires(MANAGE_OWN_SESSIONS)
    @blp.response(204)
    def post(self) -> None:
        """Log out everywhere: end all your sessions, including this one.

        Takes effect at once on every device: each access token is checked against its session.
        """
        sessions.end_sessions(current_user().user_id)
        db.session.commit()


@blp.route("/auth/sessions", get="listOwnSessions")
class OwnSessions(MethodView):
    """The sessions of the user who sends the request."""

    @requires(MANAGE_OWN_SESSIONS)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.paginated_response(SessionSchema)
    def get(self, query: dict[str, Any]) -> Page:
        """List the devices on which I am logged in.

        One session per login that has not ended; `current` marks the one of this request.
        """
        caller = current_user()
        return sessions.list_sessions(caller.user_id, **query, current=caller.session_id)


@blp.route("/auth/sessions/<id:session_id>", delete="endOwnSession")
class OwnSession(MethodView):
    """One session."""

    @requires(MANAGE_OWN_SESSIONS)
    @blp.response(204)
    @blp.raises(sessions.SessionNotFound)
    def delete(self, session_id: int) -> None:
        """Log one of my devices out.

        Its access token and its refresh token are refused at once. The session of another user
        gets the same answer as one that does not exist.
        """
        sessions.end_session(current_user().user_id, session_id)
        db.session.commit()


@blp.route("/users/<user:user_id>/sessions", get="listUserSessions")
class UserSessions(MethodView):
    """The sessions of a user."""

    @requires(READ_SESSIONS)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.paginated_response(SessionSchema)
    @blp.raises(UserNotFound)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List the devices on which a user is logged in.

        An admin sees the devices of any user.
        """
        users.get_profile(user_id)
        return sessions.list_sessions(user_id, **query, current=current_user().session_id)


def _device() -> str:
    """Return the User-Agent header without control characters, cut to LABEL_MAX."""
    return "".join(char for char in request.user_agent.string if char.isprintable())[:LABEL_MAX]
