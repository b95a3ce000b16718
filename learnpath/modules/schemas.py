"""The JSON of modules, and the form that creates and changes them."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from ..web.fields import MULTI_LINE, ModuleId, StrictInteger, Text, Timestamp
from ..web.pagination import PageQuerySchema
from .models import (
    KINDS,
    MINUTES_MAX,
    MODULE_STATUSES,
    PUBLICATION_STATUSES,
    REVISION_MAX,
    SUMMARY_MAX,
    TITLE_MAX,
    URL_MAX,
)

GOAL_MAX = 200
LIST_MAX = 20


class LinkSchema(ma.Schema):
    """A web page, or a file of this project."""

    title = ma.fields.String(required=True, metadata={"example": "create_app"})
    url = ma.fields.String(metadata={"format": "uri"})
    file = ma.fields.String(
        metadata={
            "example": "learnpath/__init__.py",
            "description": "a file of this project, from its root",
        }
    )


class ModuleSchema(ma.Schema):
    """A unit of learning that is completed as a whole."""

    slug = ma.fields.String(required=True, metadata={"example": "run-the-service"})
    title = ma.fields.String(
        required=True, metadata={"example": "Structure: run the service and look around"}
    )
    summary = ma.fields.String(
        required=True,
        metadata={"example": "Follow README.md until the service answers on your machine."},
    )
    goals = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"example": ["Start the service and stop it again"]},
    )
    kind = ma.fields.String(required=True, validate=validate.OneOf(KINDS))
    url = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "https://flask.palletsprojects.com/en/stable/quickstart/"},
    )
    links = ma.fields.List(
        ma.fields.Nested(LinkSchema),
        required=True,
        metadata={"example": [{"title": "How to run this project", "file": "README.md"}]},
    )
    estimated_minutes = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 60})
    status = ma.fields.String(required=True, validate=validate.OneOf(MODULE_STATUSES))
    revision = ma.fields.Integer(required=True, metadata={"example": 1})
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)


class NewLinkSchema(ma.Schema):
    """A web page, or a file of this project."""

    title = Text(required=True, max=TITLE_MAX)
    url = ma.fields.Url(schemes={"https", "http"}, validate=validate.Length(max=URL_MAX))
    file = Text(max=URL_MAX)

    @ma.validates_schema
    def check_target(self, data: dict[str, Any], **_: Any) -> None:
        """Check that a link has exactly one target."""
        if ("url" in data) == ("file" in data):
            raise ma.ValidationError("Give a link either `url` or `file`.")


class ModuleChangesSchema(ma.Schema):
    """Changes of a module; absent fields stay as they are."""

    class Meta:
        example = {"estimated_minutes": 75}

    title = Text(max=TITLE_MAX)
    summary = Text(min=0, max=SUMMARY_MAX, pattern=MULTI_LINE)
    goals = ma.fields.List(Text(max=GOAL_MAX), validate=validate.Length(max=LIST_MAX))
    kind = ma.fields.String(validate=validate.OneOf(KINDS))
    url = ma.fields.Url(
        schemes={"https", "http"}, validate=validate.Length(max=URL_MAX), allow_none=True
    )
    links = ma.fields.List(ma.fields.Nested(NewLinkSchema), validate=validate.Length(max=LIST_MAX))
    estimated_minutes = StrictInteger(min=1, max=MINUTES_MAX, allow_none=True)
    status = ma.fields.String(validate=validate.OneOf(PUBLICATION_STATUSES))
    revision = StrictInteger(
        min=1,
        max=REVISION_MAX,
        metadata={"description": "a higher one marks earlier completions as outdated"},
    )


class NewModuleSchema(ModuleChangesSchema):
    """A new module, a draft unless `status` is given."""

    slug = ModuleId(required=True, metadata={"example": "a-module-of-my-own"})
    title = Text(required=True, max=TITLE_MAX, metadata={"example": "A module of my own"})


class MergeSchema(ma.Schema):
    """The module that a stub is merged into."""

    into = ModuleId(required=True, metadata={"example": "run-the-service"})


class StubSchema(ma.Schema):
    """A module that learners have reported and staff have not described."""

    slug = ma.fields.String(required=True, metadata={"example": "something-new"})
    learners = ma.fields.Integer(required=True, metadata={"example": 3})
    first_reported_at = Timestamp(required=True)


class ModuleQuerySchema(PageQuerySchema):
    """Filters of the list of modules."""

    q = Text(max=100, load_default=None, metadata={"description": "part of title or summary"})
    status = ma.fields.String(
        load_default=None,
        validate=validate.OneOf(MODULE_STATUSES),
        metadata={"description": "anything but `published` is for staff only"},
    )
