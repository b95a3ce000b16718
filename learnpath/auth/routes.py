"""The addresses where people prove who they are."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..extensions import db
from ..permissions import public
from ..rest import Blueprint
from ..users import services as users
from ..users.schemas import RegistrationSchema, UserSchema
from . import services
from .schemas import CredentialsSchema, PasswordFormSchema, TokensSchema

blp = Blueprint("auth", __name__, description="Registering and logging in")

PASSWORD_FORM = {"content": {"application/x-www-form-urlencoded": {"schema": PasswordFormSchema}}}


@blp.route("/users/register")
class Registration(MethodView):
    """The way in for strangers."""

    @public
    @blp.arguments(RegistrationSchema)
    @blp.response(201, UserSchema)
    def post(self, registration: dict[str, Any]) -> Any:
        """Register: make an account of one's own, as a learner."""
        services.refuse_if_registration_is_closed()
        user_id = users.register_user(**registration)
        db.session.commit()
        return users.get_profile(user_id)


@blp.route("/users/login")
class Login(MethodView):
    """The door."""

    @public
    @blp.arguments(CredentialsSchema, location="credentials")
    @blp.doc(requestBody=PASSWORD_FORM)
    @blp.response(200, TokensSchema)
    def post(self, credentials: dict[str, Any]) -> dict[str, Any]:
        """Log in with an email address and a password.

        As JSON, or as the OAuth 2.0 password form that the Authorize button of the docs
        page sends. A wrong password and an unknown address are refused alike.
        """
        tokens = services.log_in(**credentials)
        db.session.commit()
        return tokens
