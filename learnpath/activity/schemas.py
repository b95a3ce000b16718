"""How activity and achievement look from outside."""

from __future__ import annotations

import marshmallow as ma

from ..fields import Timestamp


class ActivityQuerySchema(ma.Schema):
    """Which days are asked for."""

    class Meta:
        """Unknown query parameters are ignored."""

        unknown = ma.EXCLUDE

    since = ma.fields.Date(data_key="from", load_default=None)
    until = ma.fields.Date(data_key="to", load_default=None)


class DaySchema(ma.Schema):
    """What happened on one local day."""

    date = ma.fields.Date(required=True)
    events = ma.fields.Integer(required=True)
    completed = ma.fields.Integer(required=True)


class ActivitySchema(ma.Schema):
    """What somebody did day by day, and how many days in a row."""

    days = ma.fields.List(ma.fields.Nested(DaySchema), required=True)
    current_streak = ma.fields.Integer(required=True)
    longest_streak = ma.fields.Integer(required=True)


class CompletedPathSchema(ma.Schema):
    """A path that was completed."""

    slug = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    completed_at = Timestamp(required=True)
    completed_path_version = ma.fields.Integer(required=True, allow_none=True)


class CompletedModuleSchema(ma.Schema):
    """A module that was completed."""

    slug = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    completed_at = Timestamp(required=True)
    score = ma.fields.Float(required=True, allow_none=True)
    time_spent = ma.fields.Integer(required=True, metadata={"description": "seconds"})


class TranscriptSchema(ma.Schema):
    """What somebody has achieved."""

    paths = ma.fields.List(ma.fields.Nested(CompletedPathSchema), required=True)
    modules = ma.fields.List(ma.fields.Nested(CompletedModuleSchema), required=True)
