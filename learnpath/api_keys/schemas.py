"""How an API key looks from outside."""

import marshmallow as ma
from marshmallow import validate

from ..fields import Text, Timestamp
from ..permissions import SCOPES
from .models import KEY_NAME_MAX


class NewApiKeySchema(ma.Schema):
    """What a key is for and what it opens."""

    name = Text(required=True, max=KEY_NAME_MAX, metadata={"example": "content platform"})
    scopes = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        validate=validate.Length(min=1, max=len(SCOPES)),
        metadata={"example": ["progress:read", "progress:write"]},
    )
    expires_at = Timestamp(load_default=None, allow_none=True)


class ApiKeySchema(ma.Schema):
    """A key, without the key."""

    id = ma.fields.Integer(required=True, metadata={"example": 1})
    name = ma.fields.String(required=True, metadata={"example": "content platform"})
    prefix = ma.fields.String(
        required=True, metadata={"example": "lp_x7Kq2c", "description": "how to recognise it"}
    )
    scopes = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        metadata={"example": ["progress:read", "progress:write"]},
    )
    created_at = Timestamp(required=True)
    last_used_at = Timestamp(
        required=True, allow_none=True, metadata={"example": "2026-01-31T12:00:00.000000Z"}
    )
    expires_at = Timestamp(required=True, allow_none=True)


class FreshApiKeySchema(ApiKeySchema):
    """A key that was made just now, with the key itself: it is shown this once."""

    key = ma.fields.String(
        required=True, metadata={"example": "lp_x7Kq2cY0bV3nT8mZ1rW5sD9fG4hJ6kL0pQ2uE7iOaB"}
    )
