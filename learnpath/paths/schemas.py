"""The JSON of paths, and the forms that create and change them."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from ..modules.models import PUBLICATION_STATUSES, TITLE_MAX
from ..modules.schemas import LIST_MAX, ModuleSchema
from ..slugs import PATH_SLUG_MAX, PATH_SLUG_PATTERN
from ..web.fields import (
    MULTI_LINE,
    ModuleId,
    QueryBoolean,
    StrictBoolean,
    StrictInteger,
    Text,
    Timestamp,
)
from ..web.pagination import PageQuerySchema
from .models import DESCRIPTION_MAX, LEVELS, ORDER_POLICIES, TAG_MAX

LANGUAGE_MAX = 35
TAGS_MAX = 10
AUTHORS_MAX = 20


class Slug(ma.fields.String):
    """The slug of a path, or a tag."""

    def __init__(self, *, max: int, **more: Any) -> None:
        """Limit the length, and document the pattern in a portable form."""
        form = validate.Regexp(
            rf"^{PATH_SLUG_PATTERN}\Z", error="Not a slug: use a-z, 0-9 and hyphens."
        )
        super().__init__(
            validate=[validate.Length(min=1, max=max), form],
            metadata={"pattern": f"^{PATH_SLUG_PATTERN}$", **more.pop("metadata", {})},
            **more,
        )


class PathModuleSchema(ma.Schema):
    """A module in a path."""

    position = ma.fields.Integer(required=True, metadata={"example": 1, "description": "from 1"})
    required = ma.fields.Boolean(required=True, metadata={"example": True})
    requires = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})
    module = ma.fields.Nested(ModuleSchema, required=True)


class PathSchema(ma.Schema):
    """An ordered list of modules, without the modules."""

    slug = ma.fields.String(required=True, metadata={"example": "backend-with-flask"})
    title = ma.fields.String(required=True, metadata={"example": "Backend with Flask"})
    description = ma.fields.String(
        required=True,
        metadata={"example": "Learn to build a web service by reading one that works."},
    )
    level = ma.fields.String(
        required=True, validate=validate.OneOf(LEVELS), metadata={"example": "intermediate"}
    )
    tags = ma.fields.List(
        ma.fields.String(), required=True, metadata={"example": ["python", "flask"]}
    )
    language = ma.fields.String(required=True, metadata={"example": "en"})
    estimated_minutes = ma.fields.Integer(
        required=True, metadata={"example": 1800, "description": "of the required modules together"}
    )
    status = ma.fields.String(
        required=True,
        validate=validate.OneOf(PUBLICATION_STATUSES),
        metadata={"example": "published"},
    )
    order_policy = ma.fields.String(required=True, validate=validate.OneOf(ORDER_POLICIES))
    version = ma.fields.Integer(required=True, metadata={"example": 1})
    authors = ma.fields.List(ma.fields.Integer(), required=True, metadata={"example": [2]})
    module_count = ma.fields.Integer(required=True, metadata={"example": 30})
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    published_at = Timestamp(required=True, allow_none=True)


class PathChangesSchema(ma.Schema):
    """Changes of a path; absent fields stay as they are."""

    class Meta:
        example = {"title": "A path of my own, step by step"}

    title = Text(max=TITLE_MAX)
    description = Text(min=0, max=DESCRIPTION_MAX, pattern=MULTI_LINE)
    level = ma.fields.String(validate=validate.OneOf(LEVELS))
    tags = ma.fields.List(Slug(max=TAG_MAX), validate=validate.Length(max=TAGS_MAX))
    language = Text(max=LANGUAGE_MAX)
    order_policy = ma.fields.String(validate=validate.OneOf(ORDER_POLICIES))
    authors = ma.fields.List(
        StrictInteger(min=1, max=9_999_999_999),
        validate=validate.Length(max=AUTHORS_MAX),
        metadata={"description": "ids of the instructors who may edit it; an admin sets them"},
    )


class NewPathSchema(PathChangesSchema):
    """A new path, a draft without modules."""

    slug = Slug(required=True, max=PATH_SLUG_MAX, metadata={"example": "a-path-of-my-own"})
    title = Text(required=True, max=TITLE_MAX, metadata={"example": "A path of my own"})


class NewPathModuleSchema(ma.Schema):
    """A module in the list that an author sends."""

    module = ModuleId(required=True, metadata={"example": "run-the-service"})
    required = StrictBoolean(load_default=True)
    requires = ma.fields.List(ModuleId(), load_default=list, validate=validate.Length(max=LIST_MAX))


class DryRunSchema(ma.Schema):
    """Whether to edit the path, or only to preview the effect."""

    class Meta:
        unknown = ma.EXCLUDE

    dry_run = QueryBoolean(load_default=False, metadata={"example": True})


class ImpactSchema(ma.Schema):
    """How many enrolled learners an edit of a path affects."""

    newly_completed = ma.fields.Integer(required=True, metadata={"example": 2})
    with_new_content = ma.fields.Integer(required=True, metadata={"example": 5})
    newly_locked = ma.fields.Integer(required=True, metadata={"example": 0})


class CompletionIssueSchema(ma.Schema):
    """Why a path cannot be completed."""

    module = ma.fields.String(
        metadata={
            "example": "flask-app-factory",
            "description": "absent where the reason is about the whole path",
        }
    )
    reason = ma.fields.String(required=True, metadata={"example": "is not published"})


class ValidationSchema(ma.Schema):
    """Whether a path can be completed, and the reasons why not."""

    completable = ma.fields.Boolean(required=True, metadata={"example": False})
    problems = ma.fields.List(ma.fields.Nested(CompletionIssueSchema), required=True)


class PathQuerySchema(PageQuerySchema):
    """Filters of the list of paths."""

    q = Text(max=100, load_default=None, metadata={"description": "part of title or description"})
    level = ma.fields.String(load_default=None, validate=validate.OneOf(LEVELS))
    tag = Text(max=TAG_MAX, load_default=None)
