"""How a path's figures look from outside."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from ..enrollments.models import STATUSES
from ..fields import Timestamp
from ..pages import PageQuerySchema


class ModuleFiguresSchema(ma.Schema):
    """How one module goes."""

    slug = ma.fields.String(required=True)
    started = ma.fields.Integer(required=True, metadata={"description": "learners, or further"})
    completed = ma.fields.Integer(required=True, metadata={"description": "learners"})
    median_minutes = ma.fields.Float(required=True, allow_none=True)


class PathReportSchema(ma.Schema):
    """How a path goes."""

    enrolled = ma.fields.Integer(required=True, metadata={"description": "active and completed"})
    active = ma.fields.Integer(required=True)
    completed = ma.fields.Integer(required=True)
    withdrawn = ma.fields.Integer(required=True)
    overdue = ma.fields.Integer(required=True)
    median_days_to_complete = ma.fields.Float(required=True, allow_none=True)
    distribution = ma.fields.List(
        ma.fields.Integer(),
        required=True,
        validate=validate.Length(equal=10),
        metadata={"description": "learners in each tenth of the path's percent"},
    )
    modules = ma.fields.List(ma.fields.Nested(ModuleFiguresSchema), required=True)


class LearnerSchema(ma.Schema):
    """One learner on a path."""

    user_id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    required = ma.fields.Integer(required=True)
    required_done = ma.fields.Integer(required=True)
    overdue = ma.fields.Boolean(required=True)
    due_at = Timestamp(required=True, allow_none=True)
    enrolled_at = Timestamp(required=True)
    started_at = Timestamp(required=True, allow_none=True)
    completed_at = Timestamp(required=True, allow_none=True)
    last_activity_at = Timestamp(required=True, allow_none=True)


class LearnerQuerySchema(PageQuerySchema):
    """How to narrow a path's learners."""

    status = ma.fields.String(load_default=None, validate=validate.OneOf(STATUSES))
