"""The endpoints for password resets and email verification."""

from typing import Any

from flask.views import MethodView

from ...db import db
from ...passwords import PasswordsBusy, WeakPassword
from ...permissions import public
from ...rate_limits import TooManyRequests
from ...web.blueprint import Blueprint
from ..schemas import EmailSchema, MailedTokenSchema, MailQueuedSchema, NewPasswordSchema
from . import services

blp = Blueprint(
    "recovery", __name__, url_prefix="/auth", description="Password resets and email verification."
)

MAIL_QUEUED = {"message": "If an account has this address, an email is on its way."}


@blp.route("/password/forgot", post="requestPasswordReset")
class ForgottenPassword(MethodView):
    """Request a password reset."""

    @public
    @blp.arguments(EmailSchema)
    @blp.response(202, MailQueuedSchema)
    @blp.raises(TooManyRequests)
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Request an email with a password reset token.

        The answer is the same whether or not an account has this address. Nothing is sent if the
        service runs without mail.
        """
        services.request_reset(body["email"])
        db.session.commit()
        return MAIL_QUEUED


@blp.route("/password/reset", post="resetPassword")
class PasswordReset(MethodView):
    """Reset a password."""

    @public
    @blp.arguments(NewPasswordSchema)
    @blp.response(204)
    @blp.raises(services.SpentToken, WeakPassword, PasswordsBusy)
    def post(self, body: dict[str, Any]) -> None:
        """Set a new password with the token from an email; every session ends.

        A token is valid once and for 10 minutes. The example only shows the form: send the token
        from your own email.
        """
        services.reset_password(**body)
        db.session.commit()


@blp.route("/email/verify", post="verifyEmail")
class EmailVerification(MethodView):
    """Verify an email address."""

    @public
    @blp.arguments(MailedTokenSchema)
    @blp.response(204)
    @blp.raises(services.SpentToken)
    def post(self, body: dict[str, Any]) -> None:
        """Confirm an email address with the token from an email.

        A token is valid once, for 24 hours, and for the address that it was sent to. The example
        only shows the form: send the token from your own email.
        """
        services.verify_email(**body)
        db.session.commit()


@blp.route("/email/resend", post="resendVerificationEmail")
class VerificationEmail(MethodView):
    """Request another verification email."""

    @public
    @blp.arguments(EmailSchema)
    @blp.response(202, MailQueuedSchema)
    @blp.raises(TooManyRequests)
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Request another email to confirm an email address.

        The answer is the same whether or not an account has this address, and whether or not it
        is already confirmed.
        """
        services.request_verification(body["email"])
        db.session.commit()
        return MAIL_QUEUED
