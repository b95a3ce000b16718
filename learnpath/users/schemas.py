"""How a person looks from outside (never the password)."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from ..fields import Email, NewPassword, Text, Timestamp, TimeZone
from ..pages import PageQuerySchema
from ..passwords import PASSWORD_MAX
from ..permissions import LEARNER, ROLES
from .models import LEARNING_PATH_MAX, NAME_MAX, STATUSES


class UserSchema(ma.Schema):
    """A person as clients see them."""

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
    """What a stranger sends to get an account."""

    name = Text(required=True, max=NAME_MAX, metadata={"example": "Ada Lovelace"})
    email = Email(required=True)
    password = NewPassword(required=True, metadata={"example": "correct horse battery"})


class NewUserSchema(RegistrationSchema):
    """What an admin sends to make an account."""

    role = ma.fields.String(load_default=LEARNER, validate=validate.OneOf(ROLES))


class UserChangesSchema(ma.Schema):
    """What may be changed of a person; what is absent stays as it is."""

    class Meta:
        """What the documentation sends."""

        example = {"name": "Ada King", "learning_path": "backend-with-flask"}

    name = Text(max=NAME_MAX)
    email = Email()
    password = NewPassword()
    current_password = ma.fields.String(
        validate=validate.Length(max=PASSWORD_MAX),
        metadata={
            "format": "password",
            "description": "needed to change one's own email address or password",
        },
    )
    learning_path = Text(max=LEARNING_PATH_MAX, allow_none=True)
    timezone = TimeZone()


class RoleSchema(ma.Schema):
    """What somebody may do here."""

    role = ma.fields.String(
        required=True, validate=validate.OneOf(ROLES), metadata={"example": "admin"}
    )


class StatusSchema(ma.Schema):
    """Whether somebody may log in."""

    status = ma.fields.String(
        required=True, validate=validate.OneOf(STATUSES), metadata={"example": "active"}
    )


class ExportSchema(ma.Schema):
    """Everything that is kept about somebody, one part per feature."""

    class Meta:
        """Every feature adds a part of its own."""

        unknown = ma.INCLUDE

    account = ma.fields.Nested(UserSchema, required=True)


class UserQuerySchema(PageQuerySchema):
    """How to narrow the list of people."""

    q = Text(
        max=100,
        load_default=None,
        metadata={"description": "part of the name or of the email address"},
    )
    role = ma.fields.String(load_default=None, validate=validate.OneOf(ROLES))
    status = ma.fields.String(load_default=None, validate=validate.OneOf(STATUSES))
