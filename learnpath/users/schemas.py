"""What clients send and receive of a user (never the password)."""

import marshmallow as ma
from marshmallow import validate

from ..passwords import PASSWORD_MAX
from ..permissions import LEARNER, ROLES
from ..web.fields import Email, NewPassword, Text, Timestamp, TimeZone
from ..web.pagination import PageQuerySchema
from .models import LEARNING_PATH_MAX, NAME_MAX, STATUSES


class UserSchema(ma.Schema):
    """A user as clients see them."""

    id = ma.fields.Integer(required=True, metadata={"example": 7})
    name = ma.fields.String(required=True, metadata={"example": "Ada Lovelace"})
    email = ma.fields.String(required=True, metadata={"example": "ada@example.org"})
    email_verified = ma.fields.Boolean(required=True, metadata={"example": True})
    role = ma.fields.String(required=True, validate=validate.OneOf(ROLES))
    status = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    timezone = ma.fields.String(required=True, metadata={"example": "Europe/Athens"})
    learning_path = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "backend-with-flask"}
    )
    progress = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Boolean(),
        required=True,
        metadata={
            "description": "module slug → whether it is completed; no record, no key",
            "example": {"run-the-service": True, "flask-app-factory": False},
        },
    )
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)


class RegistrationSchema(ma.Schema):
    """The body of a registration."""

    name = Text(required=True, max=NAME_MAX, metadata={"example": "Ada Lovelace"})
    email = Email(required=True)
    password = NewPassword(required=True, metadata={"example": "correct horse battery"})


class NewUserSchema(RegistrationSchema):
    """The body with which an admin creates an account."""

    role = ma.fields.String(load_default=LEARNER, validate=validate.OneOf(ROLES))


class UserChangesSchema(ma.Schema):
    """The fields of a user that can be changed; absent fields keep their value."""

    class Meta:
        example = {"name": "Ada King", "learning_path": "backend-with-flask"}

    name = Text(max=NAME_MAX)
    email = Email()
    password = NewPassword()
    current_password = ma.fields.String(
        validate=validate.Length(max=PASSWORD_MAX),
        metadata={
            "format": "password",
            "description": "required to change your own email address or password",
        },
    )
    learning_path = Text(max=LEARNING_PATH_MAX, allow_none=True)
    timezone = TimeZone()


class RoleSchema(ma.Schema):
    """The role of a user."""

    role = ma.fields.String(
        required=True, validate=validate.OneOf(ROLES), metadata={"example": "admin"}
    )


class StatusSchema(ma.Schema):
    """The status of a user."""

    status = ma.fields.String(
        required=True, validate=validate.OneOf(STATUSES), metadata={"example": "active"}
    )


class ExportSchema(ma.Schema):
    """All stored data about a user, one part per feature."""

    class Meta:
        unknown = ma.INCLUDE

    account = ma.fields.Nested(UserSchema, required=True)


class UserQuerySchema(PageQuerySchema):
    """Filters for the list of users."""

    q = Text(
        max=100,
        load_default=None,
        metadata={"description": "part of the name or of the email address"},
    )
    role = ma.fields.String(load_default=None, validate=validate.OneOf(ROLES))
    status = ma.fields.String(load_default=None, validate=validate.OneOf(STATUSES))
