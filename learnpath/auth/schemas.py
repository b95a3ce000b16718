"""What a login takes and what it gives."""

import marshmallow as ma
from marshmallow import validate

from ..emails import EMAIL_MAX
from ..passwords import PASSWORD_MAX


class CredentialsSchema(ma.Schema):
    """An email address and a password, in JSON or as the OAuth2 password form."""

    email = ma.fields.String(
        required=True,
        validate=validate.Length(max=EMAIL_MAX),
        metadata={"example": "ada@example.org"},
    )
    password = ma.fields.String(
        required=True,
        validate=validate.Length(max=PASSWORD_MAX),
        metadata={"format": "password", "example": "correct horse battery"},
    )


class PasswordFormSchema(ma.Schema):
    """The form of the OAuth 2.0 password grant (RFC 6749, 4.3.2), for the document only."""

    grant_type = ma.fields.String(validate=validate.Equal("password"))
    username = ma.fields.String(required=True, metadata={"description": "the email address"})
    password = ma.fields.String(required=True, metadata={"format": "password"})


class TokensSchema(ma.Schema):
    """What a client needs to speak for its user."""

    access_token = ma.fields.String(required=True)
    token_type = ma.fields.String(required=True, metadata={"example": "bearer"})
    expires_in = ma.fields.Integer(required=True, metadata={"description": "seconds"})
