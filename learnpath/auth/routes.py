"""The addresses where people prove who they are."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.views import MethodView

from .. import throttle
from ..extensions import db
from ..pages import Page, PageQuerySchema
from ..passwords import PasswordsBusy, WeakPassword
from ..permissions import public, requires, the_person
from ..rest import Blueprint
from ..throttle import TooManyRequests
from ..users import services as users
from ..users.schemas import RegistrationSchema, UserSchema
from ..users.services import EmailTaken, UserNotFound
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

blp = Blueprint(
    "auth", __name__, description="Registering, logging in, staying logged in. Start here."
)

PASSWORD_FORM = {"content": {"application/x-www-form-urlencoded": {"schema": PasswordFormSchema}}}

DEVICE = {
    "in": "header",
    "name": "User-Agent",
    "description": "what the device says it is: the `label` of its session",
    "schema": {"type": "string"},
}


@blp.route("/users/register")
class Registration(MethodView):
    """The way in for strangers."""

    @public
    @blp.arguments(RegistrationSchema)
    @blp.plain_response(201, UserSchema)
    @blp.refuses(
        services.RegistrationClosed, EmailTaken, WeakPassword, TooManyRequests, PasswordsBusy
    )
    def post(self, registration: dict[str, Any]) -> Any:
        """Register: make an account of one's own, as a learner.

        One email address, one account; its spelling is normalised and compared without case. A
        password has 8 to 128 characters of any kind, and common ones are refused. Log in next:
        this answer holds no token. Closed where the service runs with `REGISTRATION_OPEN=false`.
        """
        services.admit_registration(throttle.address())
        user_id = users.register_user(**registration)
        db.session.commit()
        return users.get_profile(user_id)


@blp.route("/users/login")
class Login(MethodView):
    """The door."""

    @public
    @blp.arguments(CredentialsSchema, location="credentials")
    @blp.doc(requestBody=PASSWORD_FORM, parameters=[DEVICE])
    @blp.plain_response(200, TokensSchema)
    @blp.refuses(
        services.WrongCredentials, services.EmailUnverified, TooManyRequests, PasswordsBusy
    )
    def post(self, credentials: dict[str, Any]) -> dict[str, Any]:
        """Log in with an email address and a password.

        As JSON, or as the OAuth 2.0 password form that the Authorize button of the docs page
        sends. Whatever follows sends the `access_token` along, as `Authorization: Bearer …`. A
        wrong password and an unknown address are refused alike, and failures are counted. The
        example works after that of `POST /api/v1/users/register`.
        """
        return services.log_in(**credentials, address=throttle.address(), label=_device())


@blp.route("/auth/refresh")
class Refresh(MethodView):
    """Where a session is kept alive."""

    @public
    @blp.arguments(RefreshSchema)
    @blp.plain_response(200, TokensSchema)
    @blp.refuses(sessions.InvalidRefreshToken)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Spend a refresh token for a new access token and the next refresh token.

        Each refresh token is good once. Sending an older one ends the session, except that
        a token spent within the last 10 seconds is answered with the same successor again.
        The example only shows the form: send the one from your own login.
        """
        tokens = sessions.refresh_session(body["refresh_token"])
        db.session.commit()
        return tokens


@blp.route("/auth/logout")
class Logout(MethodView):
    """The way out of one session."""

    @requires(MANAGE_OWN_SESSIONS)
    @blp.response(204)
    def post(self) -> None:
        """Log out: end the session that this access token belongs to.

        The access token and the refresh token of this session are refused from now on.
        """
        caller = the_person()
        sessions.end_session(caller.user_id, caller.session_id)
        db.session.commit()


@blp.route("/auth/logout-all")
class LogoutEverywhere(MethodView):
    """The way out of all sessions."""

    @requires(MANAGE_OWN_SESSIONS)
    @blp.response(204)
    def post(self) -> None:
        """Log out everywhere: end all of one's sessions, this one too.

        Acts at once on every device: each access token is checked against its session.
        """
        sessions.end_sessions(the_person().user_id)
        db.session.commit()


@blp.route("/auth/sessions")
class OwnSessions(MethodView):
    """The devices of whoever is asking."""

    @requires(MANAGE_OWN_SESSIONS)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.page(SessionSchema)
    def get(self, query: dict[str, Any]) -> Page:
        """List the devices on which I am logged in.

        One session for each login that was not ended; `current` marks the one that asks.
        """
        caller = the_person()
        return sessions.list_sessions(caller.user_id, **query, current=caller.session_id)


@blp.route("/auth/sessions/<id:session_id>")
class OwnSession(MethodView):
    """One device."""

    @requires(MANAGE_OWN_SESSIONS)
    @blp.response(204)
    @blp.refuses(sessions.SessionNotFound)
    def delete(self, session_id: int) -> None:
        """Log one of my devices out.

        Its access token and its refresh token are refused at once. The session of somebody else
        is answered like one that is not there.
        """
        sessions.end_session(the_person().user_id, session_id)
        db.session.commit()


@blp.route("/users/<user:user_id>/sessions")
class UserSessions(MethodView):
    """The devices of somebody."""

    @requires(READ_SESSIONS)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.page(SessionSchema)
    @blp.refuses(UserNotFound)
    def get(self, query: dict[str, Any], user_id: int) -> Page:
        """List the devices on which a user is logged in.

        For admins who look into a complaint. Reading changes nothing.
        """
        users.get_profile(user_id)
        return sessions.list_sessions(user_id, **query, current=the_person().session_id)


def _device() -> str:
    """Return what the client says it is, as one harmless line."""
    return "".join(char for char in request.user_agent.string if char.isprintable())[:LABEL_MAX]
