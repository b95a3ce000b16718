"""Reports in responses."""

import marshmallow as ma
from marshmallow import validate

from ..enrollments.models import STATUSES
from ..web.fields import Timestamp
from ..web.pagination import PageQuerySchema


class ModuleFiguresSchema(ma.Schema):
    """The figures of one module."""

    slug = ma.fields.String(required=True, metadata={"example": "run-the-service"})
    started = ma.fields.Integer(
        required=True, metadata={"example": 20, "description": "learners in progress or completed"}
    )
    completed = ma.fields.Integer(
        required=True, metadata={"example": 18, "description": "learners"}
    )
    median_minutes = ma.fields.Float(
        required=True,
        allow_none=True,
        metadata={
            "example": 55.5,
            "description": "of the newest 500 learners who completed it and reported time",
        },
    )


class PathReportSchema(ma.Schema):
    """The figures of a path."""

    enrolled = ma.fields.Integer(
        required=True, metadata={"example": 24, "description": "active and completed"}
    )
    active = ma.fields.Integer(required=True, metadata={"example": 18})
    completed = ma.fields.Integer(required=True, metadata={"example": 6})
    withdrawn = ma.fields.Integer(required=True, metadata={"example": 2})
    overdue = ma.fields.Integer(required=True, metadata={"example": 1})
    median_days_to_complete = ma.fields.Float(
        required=True, allow_none=True, metadata={"example": 41.5}
    )
    distribution = ma.fields.List(
        ma.fields.Integer(),
        required=True,
        validate=validate.Length(equal=10),
        metadata={
            "example": [3, 1, 4, 2, 2, 3, 1, 1, 1, 6],
            "description": "learners in each tenth of the path's percent",
        },
    )
    modules = ma.fields.List(ma.fields.Nested(ModuleFiguresSchema), required=True)


class LearnerSchema(ma.Schema):
    """One learner on a path."""

    user_id = ma.fields.Integer(required=True, metadata={"example": 7})
    name = ma.fields.String(required=True, metadata={"example": "Ada Lovelace"})
    email = ma.fields.String(required=True, metadata={"example": "ada@example.org"})
    status = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    required = ma.fields.Integer(required=True, metadata={"example": 30})
    required_done = ma.fields.Integer(required=True, metadata={"example": 12})
    overdue = ma.fields.Boolean(required=True)
    due_at = Timestamp(required=True, allow_none=True, example="2026-06-30T12:00:00.000000Z")
    enrolled_at = Timestamp(required=True)
    started_at = Timestamp(required=True, allow_none=True)
    completed_at = Timestamp(required=True, allow_none=True, example=None)
    last_activity_at = Timestamp(required=True, allow_none=True)


class LearnerQuerySchema(PageQuerySchema):
    """Filters of a path's learners."""

    status = ma.fields.String(load_default=None, validate=validate.OneOf(STATUSES))
