"""The addresses where people prove by mail who they are."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from ..extensions import db
from ..passwords import PasswordsBusy, WeakPassword
from ..permissions import public
from ..rest import Blueprint
from ..throttle import TooManyRequests
from . import recovery
from .schemas import AddressSchema, MailedTokenSchema, NewPasswordSchema, PostedSchema

blp = Blueprint(
    "recovery",
    __name__,
    url_prefix="/auth",
    description="Forgotten passwords and confirmed addresses, by mail.",
)

POSTED = {"message": "If an account has this address, a letter is on its way."}


@blp.route("/password/forgot")
class ForgottenPassword(MethodView):
    """Where a reset is asked for."""

    @public
    @blp.arguments(AddressSchema)
    @blp.response(202, PostedSchema)
    @blp.refuses(TooManyRequests)
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Ask for a letter with a reset token.

        The answer is the same whether or not anybody has this address. Nothing is sent where the
        service runs without mail.
        """
        recovery.ask_for_reset(body["email"])
        db.session.commit()
        return POSTED


@blp.route("/password/reset")
class PasswordReset(MethodView):
    """Where a reset is done."""

    @public
    @blp.arguments(NewPasswordSchema)
    @blp.response(204)
    @blp.refuses(recovery.SpentToken, WeakPassword, PasswordsBusy)
    def post(self, body: dict[str, Any]) -> None:
        """Set a new password with the token from a letter; every session ends.

        A token is good once and for 10 minutes. The example only shows the form: send the token
        of your own letter.
        """
        recovery.reset_password(**body)
        db.session.commit()


@blp.route("/email/verify")
class EmailVerification(MethodView):
    """Where an address is confirmed."""

    @public
    @blp.arguments(MailedTokenSchema)
    @blp.response(204)
    @blp.refuses(recovery.SpentToken)
    def post(self, body: dict[str, Any]) -> None:
        """Confirm an email address with the token from a letter.

        A token is good once, for 24 hours, and for the address that it was sent to. The example
        only shows the form: send the token of your own letter.
        """
        recovery.verify_email(**body)
        db.session.commit()


@blp.route("/email/resend")
class VerificationLetter(MethodView):
    """Where another letter is asked for."""

    @public
    @blp.arguments(AddressSchema)
    @blp.response(202, PostedSchema)
    @blp.refuses(TooManyRequests)
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Ask for another letter that confirms an email address.

        The answer is the same whether or not anybody has this address, and whether or not it is
        confirmed already.
        """
        recovery.ask_for_verification(body["email"])
        db.session.commit()
        return POSTED
