"""What clients send and receive of an API key."""

import marshmallow as ma
from marshmallow import validate

from ..permissions import SCOPES
from ..web.fields import Text, Timestamp
from .models import KEY_NAME_MAX


class NewApiKeySchema(ma.Schema):
    """The body with which an admin creates a key."""

    name = Text(required=True, max=KEY_NAME_MAX, metadata={"example": "content platform"})
    scopes = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        validate=validate.Length(min=1, max=len(SCOPES)),
        metadata={"example": ["progress:read", "progress:write"]},
    )
    expires_at = Timestamp(load_default=None, allow_none=True, example=None)


class ApiKeySchema(ma.Schema):
    """An API key without the key itself."""

    id = ma.fields.Integer(required=True, metadata={"example": 1})
    name = ma.fields.String(required=True, metadata={"example": "content platform"})
    prefix = ma.fields.String(
        required=True, metadata={"example": "lp_x7Kq2c", "description": "the start of the key"}
    )
    scopes = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        metadata={"example": ["progress:read", "progress:write"]},
    )
    created_at = Timestamp(required=True)
    last_used_at = Timestamp(required=True, allow_none=True)
    expires_at = Timestamp(required=True, allow_none=True, example=None)


class CreatedApiKeySchema(ApiKeySchema):
    """A new API key with the key itself, which is shown only once."""

    key = ma.fields.String(
        required=True, metadata={"example": "lp_x7Kq2cY0bV3nT8mZ1rW5sD9fG4hJ6kL0pQ2uE7iOaB"}
    )
