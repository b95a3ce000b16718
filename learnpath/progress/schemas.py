"""What is reported of a module, and what it changed."""

from __future__ import annotations

import json
from typing import Any

import marshmallow as ma
from marshmallow import validate

from ..enrollments.models import STATUSES as ENROLLMENT_STATUSES
from ..fields import Boolean, ModuleId, Number, Text, Timestamp, WholeNumber
from ..pages import PageQuerySchema
from ..paths.schemas import MembershipSchema
from ..users.schemas import UserSchema
from .models import KINDS, REASON_MAX
from .rules.modules import COMPLETED, IN_PROGRESS, REOPENED, STATUSES

POSITION_MAX = 4096  # bytes of JSON
TIME_SPENT_MAX = 7 * 24 * 3600  # seconds in one report


class ReportSchema(ma.Schema):
    """One module, done or not."""

    module_id = ModuleId(required=True)
    completed = Boolean(required=True, metadata={"example": True})


class ReportedSchema(UserSchema):
    """The user after the report, and what it changed."""

    changed = ma.fields.Boolean(
        required=True, metadata={"description": "false where the report repeats what was known"}
    )
    unlocked = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "modules that it opened"}
    )
    completed_paths = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "paths that it completed"}
    )


class ProgressChangesSchema(ma.Schema):
    """What is reported of one module; what is absent is not touched."""

    status = ma.fields.String(
        validate=validate.OneOf((IN_PROGRESS, COMPLETED, REOPENED)),
        metadata={
            "description": "`in_progress` takes a completion back, except with `occurred_at`, "
            "where only `reopened` does"
        },
    )
    percent = WholeNumber(
        min=0, max=100, metadata={"description": "below 100 until the status is `completed`"}
    )
    score = Number(min=0, max=100)
    time_spent_delta = WholeNumber(
        min=0, max=TIME_SPENT_MAX, metadata={"description": "seconds since the last report"}
    )
    position = ma.fields.Raw(
        metadata={
            "description": "where to resume, any JSON of at most 4 kB",
            "example": {"page": 3},
        }
    )
    occurred_at = Timestamp()

    @ma.validates("position")
    def check_position(self, position: Any, data_key: str) -> None:
        """Bound the size of the resume position, and refuse what a database cannot keep."""
        text = json.dumps(position, ensure_ascii=False)
        if len(text.encode("utf-8", "surrogatepass")) > POSITION_MAX:
            raise ma.ValidationError("More than 4 kB of JSON.")
        if "\\u0000" in json.dumps(position):
            raise ma.ValidationError("NUL characters are not allowed.")


class ProgressSchema(ma.Schema):
    """How far a learner is with one module."""

    module = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    percent = ma.fields.Integer(required=True)
    score = ma.fields.Float(required=True, allow_none=True)
    time_spent = ma.fields.Integer(required=True, metadata={"description": "seconds"})
    position = ma.fields.Raw(required=True, allow_none=True)
    started_at = Timestamp(required=True, allow_none=True)
    last_activity_at = Timestamp(required=True, allow_none=True)
    completed_at = Timestamp(required=True, allow_none=True)
    first_completed_at = Timestamp(required=True, allow_none=True)
    completed_revision = ma.fields.Integer(required=True, allow_none=True)
    outdated = ma.fields.Boolean(required=True)


class NextSchema(ma.Schema):
    """What to do next on a path."""

    path = ma.fields.String(required=True)
    module = ma.fields.String(required=True)
    required = ma.fields.Boolean(required=True)
    state = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    estimated_minutes = ma.fields.Integer(required=True)
    path_percent = ma.fields.Integer(required=True, allow_none=True)


class ChangeSchema(ma.Schema):
    """A module after a write, and what the write changed, unlocked and completed."""

    progress = ma.fields.Nested(ProgressSchema, required=True)
    changed = ma.fields.Boolean(required=True)
    unlocked = ma.fields.List(ma.fields.String(), required=True)
    completed_paths = ma.fields.List(ma.fields.String(), required=True)
    next = ma.fields.Nested(NextSchema, required=True, allow_none=True)


class ProgressQuerySchema(PageQuerySchema):
    """How to narrow a user's progress."""

    path = Text(max=80, load_default=None)
    status = ma.fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    updated_since = Timestamp(load_default=None)


class EventQuerySchema(PageQuerySchema):
    """How to narrow a user's history."""

    module = Text(max=100, load_default=None)


class EventSchema(ma.Schema):
    """Something that happened to a learner on a module."""

    id = ma.fields.String(required=True)
    module_id = ma.fields.String(required=True, attribute="module_slug")
    kind = ma.fields.String(required=True, validate=validate.OneOf(KINDS))
    percent = ma.fields.Integer(required=True, allow_none=True)
    score = ma.fields.Float(required=True, allow_none=True)
    time_spent_delta = ma.fields.Integer(required=True, attribute="time_spent")
    position = ma.fields.Raw(required=True, allow_none=True)
    occurred_at = Timestamp(required=True)
    received_at = Timestamp(required=True)
    local_date = ma.fields.Date(required=True)
    reported_by = ma.fields.Integer(required=True, allow_none=True)


class WaiverSchema(ma.Schema):
    """Why somebody is excused from a module."""

    reason = Text(required=True, max=REASON_MAX)


class StandingModuleSchema(MembershipSchema):
    """A module's place in a path, and how far the learner is with it."""

    state = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    percent = ma.fields.Integer(required=True)
    locked = ma.fields.Boolean(required=True)
    blocked_by = ma.fields.List(ma.fields.String(), required=True)
    outdated = ma.fields.Boolean(required=True)
    completed_at = Timestamp(required=True, allow_none=True)


class RollUpSchema(ma.Schema):
    """How far a learner is on a path."""

    path = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.String(
        required=True, validate=validate.OneOf((*ENROLLMENT_STATUSES, "not_enrolled"))
    )
    percent = ma.fields.Integer(required=True, allow_none=True)
    required = ma.fields.Integer(required=True)
    required_done = ma.fields.Integer(required=True)
    optional = ma.fields.Integer(required=True)
    optional_done = ma.fields.Integer(required=True)
    has_new_content = ma.fields.Boolean(required=True)
    due_at = Timestamp(required=True, allow_none=True)
    overdue = ma.fields.Boolean(required=True)
    minutes_left = ma.fields.Integer(required=True)
    next = ma.fields.Nested(NextSchema, required=True, allow_none=True)
    modules = ma.fields.List(ma.fields.Nested(StandingModuleSchema), required=True)
