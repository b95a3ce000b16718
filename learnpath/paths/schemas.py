"""How paths and modules look from outside."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from ..fields import Text, Timestamp
from ..pages import PageQuerySchema
from .models import KINDS, LEVELS, MODULE_STATUSES, ORDER_POLICIES, PATH_STATUSES, TAG_MAX


class LinkSchema(ma.Schema):
    """Something to read: a page on the web, or a file of this project."""

    title = ma.fields.String(required=True)
    url = ma.fields.String(metadata={"format": "uri"})
    file = ma.fields.String(metadata={"description": "a file of this project, from its root"})


class ModuleSchema(ma.Schema):
    """The unit that is completed."""

    slug = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    summary = ma.fields.String(required=True)
    goals = ma.fields.List(ma.fields.String(), required=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf(KINDS))
    url = ma.fields.String(required=True, allow_none=True)
    links = ma.fields.List(ma.fields.Nested(LinkSchema), required=True)
    estimated_minutes = ma.fields.Integer(required=True, allow_none=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(MODULE_STATUSES))
    revision = ma.fields.Integer(required=True)
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)


class MembershipSchema(ma.Schema):
    """A module's place in a path."""

    position = ma.fields.Integer(required=True, metadata={"description": "from 1"})
    required = ma.fields.Boolean(required=True)
    requires = ma.fields.List(ma.fields.String(), required=True)
    module = ma.fields.Nested(ModuleSchema, required=True)


class PathSchema(ma.Schema):
    """An ordered list of modules, without the modules."""

    slug = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    level = ma.fields.String(required=True, validate=validate.OneOf(LEVELS))
    tags = ma.fields.List(ma.fields.String(), required=True)
    language = ma.fields.String(required=True)
    estimated_minutes = ma.fields.Integer(
        required=True, metadata={"description": "of the required modules together"}
    )
    status = ma.fields.String(required=True, validate=validate.OneOf(PATH_STATUSES))
    order_policy = ma.fields.String(required=True, validate=validate.OneOf(ORDER_POLICIES))
    version = ma.fields.Integer(required=True)
    authors = ma.fields.List(ma.fields.Integer(), required=True)
    module_count = ma.fields.Integer(required=True)
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    published_at = Timestamp(required=True, allow_none=True)


class PathQuerySchema(PageQuerySchema):
    """How to narrow the list of paths."""

    q = Text(max=100, load_default=None, metadata={"description": "part of title or description"})
    level = ma.fields.String(load_default=None, validate=validate.OneOf(LEVELS))
    tag = Text(max=TAG_MAX, load_default=None)


class ModuleQuerySchema(PageQuerySchema):
    """How to narrow the list of modules."""

    q = Text(max=100, load_default=None, metadata={"description": "part of title or summary"})
    status = ma.fields.String(
        load_default=None,
        validate=validate.OneOf(MODULE_STATUSES),
        metadata={"description": "anything but `published` is for staff only"},
    )
