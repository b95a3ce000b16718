"""How paths and modules look from outside."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from ..fields import (
    PARAGRAPHS,
    PATH_SLUG_MAX,
    PATH_SLUG_PATTERN,
    Boolean,
    ModuleId,
    QueryBoolean,
    Text,
    Timestamp,
    WholeNumber,
)
from ..pages import PageQuerySchema
from .models import (
    DESCRIPTION_MAX,
    KINDS,
    LEVELS,
    MINUTES_MAX,
    MODULE_STATUSES,
    ORDER_POLICIES,
    PATH_STATUSES,
    SUMMARY_MAX,
    TAG_MAX,
    TITLE_MAX,
    URL_MAX,
)

GOAL_MAX = 200
LANGUAGE_MAX = 35
LIST_MAX = 20
TAGS_MAX = 10
AUTHORS_MAX = 20


def a_slug(max: int) -> list[Any]:
    """Return the validators of the slug of a path or of a tag."""
    return [
        validate.Length(min=1, max=max),
        validate.Regexp(rf"^{PATH_SLUG_PATTERN}\Z", error="Not a slug: use a-z, 0-9 and hyphens."),
    ]


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
        max=1_000_000,
        metadata={"description": "a higher one marks earlier completions as outdated"},
    )


class NewModuleSchema(ModuleChangesSchema):
    """A module to be made, as a draft unless `status` says else."""

    slug = ModuleId(required=True)
    title = Text(required=True, max=TITLE_MAX)


class PathChangesSchema(ma.Schema):
    """What may be changed of a path; what is absent stays as it is."""

    title = Text(max=TITLE_MAX)
    description = Text(min=0, max=DESCRIPTION_MAX, pattern=PARAGRAPHS)
    level = ma.fields.String(validate=validate.OneOf(LEVELS))
    tags = ma.fields.List(
        ma.fields.String(validate=a_slug(TAG_MAX)), validate=validate.Length(max=TAGS_MAX)
    )
    language = Text(max=LANGUAGE_MAX)
    order_policy = ma.fields.String(validate=validate.OneOf(ORDER_POLICIES))
    authors = ma.fields.List(
        WholeNumber(min=1, max=9_999_999_999),
        validate=validate.Length(max=AUTHORS_MAX),
        metadata={"description": "ids of the instructors who may edit it; an admin sets them"},
    )


class NewPathSchema(PathChangesSchema):
    """A path to be made, as a draft without modules."""

    slug = ma.fields.String(required=True, validate=a_slug(PATH_SLUG_MAX))
    title = Text(required=True, max=TITLE_MAX)


class MembershipEntrySchema(ma.Schema):
    """A module's place in a list that an author sends."""

    module = ModuleId(required=True)
    required = Boolean(load_default=True)
    requires = ma.fields.List(ModuleId(), load_default=list, validate=validate.Length(max=LIST_MAX))


class MergeSchema(ma.Schema):
    """Which module a stub becomes part of."""

    into = ModuleId(required=True)


class StubSchema(ma.Schema):
    """What learners reported and nobody has described."""

    slug = ma.fields.String(required=True)
    learners = ma.fields.Integer(required=True)
    first_reported_at = Timestamp(required=True)


class DryRunSchema(ma.Schema):
    """Whether to do it, or only to say what it would do."""

    class Meta:
        """Unknown query parameters are ignored."""

        unknown = ma.EXCLUDE

    dry_run = QueryBoolean(load_default=False)


class ImpactSchema(ma.Schema):
    """How many enrolled learners an edit of a path concerns."""

    newly_completed = ma.fields.Integer(required=True)
    with_new_content = ma.fields.Integer(required=True)
    newly_locked = ma.fields.Integer(required=True)


class ProblemOfPathSchema(ma.Schema):
    """Why a path cannot be completed."""

    module = ma.fields.String(metadata={"description": "absent where it is about the whole path"})
    reason = ma.fields.String(required=True)

    @ma.post_dump
    def leave_out_none(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave `module` out where there is none."""
        return {name: value for name, value in shown.items() if value is not None}


class ValidationSchema(ma.Schema):
    """Whether a path can be completed, and what keeps it from that."""

    completable = ma.fields.Boolean(required=True)
    problems = ma.fields.List(ma.fields.Nested(ProblemOfPathSchema), required=True)


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
