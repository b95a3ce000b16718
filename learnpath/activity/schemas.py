"""Activity and transcripts in responses."""

import marshmallow as ma

from ..web.fields import Timestamp


class ActivityQuerySchema(ma.Schema):
    """The requested days."""

    class Meta:
        unknown = ma.EXCLUDE

    since = ma.fields.Date(data_key="from", load_default=None)
    until = ma.fields.Date(data_key="to", load_default=None)


class DaySchema(ma.Schema):
    """The events of one local day."""

    date = ma.fields.Date(required=True, metadata={"example": "2026-01-31"})
    events = ma.fields.Integer(required=True, metadata={"example": 4})
    completed = ma.fields.Integer(required=True, metadata={"example": 2})


class ActivitySchema(ma.Schema):
    """The events per day, and the streaks."""

    days = ma.fields.List(ma.fields.Nested(DaySchema), required=True)
    current_streak = ma.fields.Integer(required=True, metadata={"example": 3})
    longest_streak = ma.fields.Integer(required=True, metadata={"example": 12})


class CompletedPathSchema(ma.Schema):
    """A completed path."""

    slug = ma.fields.String(required=True, metadata={"example": "backend-with-flask"})
    title = ma.fields.String(required=True, metadata={"example": "Backend with Flask"})
    completed_at = Timestamp(required=True)
    completed_path_version = ma.fields.Integer(
        required=True, allow_none=True, metadata={"example": 1}
    )


class CompletedModuleSchema(ma.Schema):
    """A completed module."""

    slug = ma.fields.String(required=True, metadata={"example": "run-the-service"})
    title = ma.fields.String(
        required=True, metadata={"example": "Structure: run the service and look around"}
    )
    completed_at = Timestamp(required=True)
    score = ma.fields.Float(required=True, allow_none=True, metadata={"example": 92.5})
    time_spent = ma.fields.Integer(
        required=True, metadata={"example": 3600, "description": "seconds"}
    )


class TranscriptSchema(ma.Schema):
    """The completed paths and modules of a user."""

    paths = ma.fields.List(ma.fields.Nested(CompletedPathSchema), required=True)
    modules = ma.fields.List(ma.fields.Nested(CompletedModuleSchema), required=True)
