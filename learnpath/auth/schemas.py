"""The bodies of login, sessions and recovery."""

import marshmallow as ma
from marshmallow import validate

from ..passwords import PASSWORD_MAX
from ..web.fields import LookupEmail, NewPassword, Timestamp

TOKEN_MAX = 200
REFRESH_EXAMPLE = "lr_1_0_Vb0yq1hWcZ2pQkXo7tLd4JmN9sRfUaGiE3wKxB6vHyc"


class CredentialsSchema(ma.Schema):
    """An email address and a password, in JSON or as the OAuth2 password form."""

    email = LookupEmail(required=True)
    password = ma.fields.String(
        required=True,
        validate=validate.Length(max=PASSWORD_MAX),
        metadata={"format": "password", "example": "correct horse battery"},
    )


class PasswordFormSchema(ma.Schema):
    """The form of the OAuth 2.0 password grant (RFC 6749, 4.3.2), for the documentation only."""

    grant_type = ma.fields.String(validate=validate.Equal("password"))
    username = ma.fields.String(
        required=True, metadata={"example": "ada@example.org", "description": "the email address"}
    )
    password = ma.fields.String(
        required=True, metadata={"example": "correct horse battery", "format": "password"}
    )


class TokensSchema(ma.Schema):
    """The tokens of a session."""

    access_token = ma.fields.String(required=True, metadata={"example": "eyJhbGciOiJIUzI1NiIs…"})
    token_type = ma.fields.String(required=True, metadata={"example": "bearer"})
    expires_in = ma.fields.Integer(
        required=True, metadata={"example": 3600, "description": "seconds"}
    )
    refresh_token = ma.fields.String(required=True, metadata={"example": REFRESH_EXAMPLE})


class RefreshSchema(ma.Schema):
    """The newest refresh token of a session."""

    refresh_token = ma.fields.String(
        required=True,
        validate=validate.Length(max=TOKEN_MAX),
        metadata={"example": REFRESH_EXAMPLE},
    )


class SessionSchema(ma.Schema):
    """One device on which a user is logged in."""

    id = ma.fields.Integer(required=True, metadata={"example": 1})
    label = ma.fields.String(
        required=True,
        metadata={
            "example": "Mozilla/5.0 (X11; Linux x86_64)",
            "description": "the User-Agent of the device",
        },
    )
    created_at = Timestamp(required=True)
    last_refreshed_at = Timestamp(required=True)
    expires_at = Timestamp(required=True)
    current = ma.fields.Boolean(
        required=True,
        metadata={"example": True, "description": "whether the request belongs to this session"},
    )


class EmailSchema(ma.Schema):
    """An email address, in any spelling."""

    email = LookupEmail(required=True)


class MailQueuedSchema(ma.Schema):
    """The answer to a request for an email, the same for every address."""

    message = ma.fields.String(
        required=True,
        metadata={"example": "If an account has this address, an email is on its way."},
    )


class MailedTokenSchema(ma.Schema):
    """A token from an email."""

    token = ma.fields.String(
        required=True, validate=validate.Length(max=TOKEN_MAX), metadata={"example": "4f9cQ2mZ…"}
    )


class NewPasswordSchema(MailedTokenSchema):
    """A token from an email, and the password to set."""

    password = NewPassword(required=True, metadata={"example": "staple battery horse"})
