"""How modules look from outside."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from ..fields import PARAGRAPHS, ModuleId, Text, Timestamp, WholeNumber
from ..pages import PageQuerySchema
from ..paths.models import (
    KINDS,
    MINUTES_MAX,
    MODULE_STATUSES,
    PATH_STATUSES,
    REVISION_MAX,
    SUMMARY_MAX,
    TITLE_MAX,
    URL_MAX,
)

GOAL_MAX = 200
LIST_MAX = 20


class LinkSchema(ma.Schema):
    """Something to read: a page on the web, or a file of this project."""

    title = ma.fields.String(required=True, metadata={"example": "create_app"})
    url = ma.fields.String(metadata={"format": "uri"})
    file = ma.fields.String(
        metadata={
            "example": "learnpath/__init__.py",
            "description": "a file of this project, from its root",
        }
    )


class ModuleSchema(ma.Schema):
    """The unit that is completed."""

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
    """A page on the web, or a file of this project."""

    title = Text(required=True, max=TITLE_MAX)
    url = ma.fields.Url(schemes={"https", "http"}, validate=validate.Length(max=URL_MAX))
    file = Text(max=URL_MAX)

    @ma.validates_schema
    def check_target(self, data: dict[str, Any], **_: Any) -> None:
        """Make sure that a link leads to exactly one place."""
        if ("url" in data) == ("file" in data):
            raise ma.ValidationError("Give a link either `url` or `file`.")


class ModuleChangesSchema(ma.Schema):
    """What may be changed of a module; what is absent stays as it is."""

    class Meta:
        """What the documentation sends."""

        example = {"estimated_minutes": 75}

    title = Text(max=TITLE_MAX)
    summary = Text(min=0, max=SUMMARY_MAX, pattern=PARAGRAPHS)
    goals = ma.fields.List(Text(max=GOAL_MAX), validate=validate.Length(max=LIST_MAX))
    kind = ma.fields.String(validate=validate.OneOf(KINDS))
    url = ma.fields.Url(
        schemes={"https", "http"}, validate=validate.Length(max=URL_MAX), allow_none=True
    )
    links = ma.fields.List(ma.fields.Nested(NewLinkSchema), validate=validate.Length(max=LIST_MAX))
    estimated_minutes = WholeNumber(min=1, max=MINUTES_MAX, allow_none=True)
    status = ma.fields.String(validate=validate.OneOf(PATH_STATUSES))
    revision = WholeNumber(
        min=1,
        max=REVISION_MAX,
        metadata={"description": "a higher one marks earlier completions as outdated"},
    )


class NewModuleSchema(ModuleChangesSchema):
    """A module to be made, as a draft unless `status` says else."""

    slug = ModuleId(required=True, metadata={"example": "a-module-of-my-own"})
    title = Text(required=True, max=TITLE_MAX, metadata={"example": "A module of my own"})


class MergeSchema(ma.Schema):
    """Which module a stub becomes part of."""

    into = ModuleId(required=True, metadata={"example": "run-the-service"})


class StubSchema(ma.Schema):
    """What learners reported and nobody has described."""

    slug = ma.fields.String(required=True, metadata={"example": "something-new"})
    learners = ma.fields.Integer(required=True, metadata={"example": 3})
    first_reported_at = Timestamp(required=True)


class ModuleQuerySchema(PageQuerySchema):
    """How to narrow the list of modules."""

    q = Text(max=100, load_default=None, metadata={"description": "part of title or summary"})
    status = ma.fields.String(
        load_default=None,
        validate=validate.OneOf(MODULE_STATUSES),
        metadata={"description": "anything but `published` is for staff only"},
    )
