"""Reports in requests, and progress in responses."""

import json
import re
from typing import Any

import marshmallow as ma
from marshmallow import validate

from ..enrollments.models import STATUSES as ENROLLMENT_STATUSES
from ..paths.schemas import PathModuleSchema
from ..users.schemas import UserSchema
from ..web.fields import ModuleId, StrictBoolean, StrictFloat, StrictInteger, Text, Timestamp
from ..web.pagination import PageQuerySchema
from .models import REASON_MAX
from .rules.events import COMPLETED, IN_PROGRESS, REOPENED, STATUSES

POSITION_MAX = 4096  # bytes of JSON
NESTING_MAX = 64  # levels
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # not the text \\u0000 after an escaped backslash
TIME_SPENT_MAX = 7 * 24 * 3600  # seconds in one report


class ReportSchema(ma.Schema):
    """A report that a module is completed, or not."""

    module_id = ModuleId(required=True, metadata={"example": "run-the-service"})
    completed = StrictBoolean(required=True, metadata={"example": True})


class OutcomeSchema(ma.Schema):
    """What a write changed, unlocked and completed."""

    changed = ma.fields.Boolean(
        required=True,
        metadata={"example": True, "description": "false if the report repeats what is stored"},
    )
    unlocked = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"example": ["flask-app-factory"], "description": "modules that it unlocked"},
    )
    completed_paths = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"example": [], "description": "paths that it completed"},
    )


class ReportedSchema(OutcomeSchema, UserSchema):
    """The user after a report, and what it changed, unlocked and completed."""


class ProgressChangesSchema(ma.Schema):
    """A report on one module; absent fields do not change."""

    class Meta:
        example = {"status": "in_progress", "percent": 40, "time_spent_delta": 300}

    status = ma.fields.String(
        validate=validate.OneOf((IN_PROGRESS, COMPLETED, REOPENED)),
        metadata={
            "description": "`in_progress` takes a completion back, except with `occurred_at`, "
            "where only `reopened` does"
        },
    )
    percent = StrictInteger(
        min=0, max=100, metadata={"description": "below 100 until the status is `completed`"}
    )
    score = StrictFloat(min=0, max=100)
    time_spent_delta = StrictInteger(
        min=0, max=TIME_SPENT_MAX, metadata={"description": "seconds since the last report"}
    )
    position = ma.fields.Raw(
        metadata={
            "description": "where to resume, any JSON of at most 4 kB and 64 levels",
            "example": {"page": 3},
        }
    )
    occurred_at = Timestamp()

    @ma.validates("position")
    def check_position(self, position: Any, data_key: str) -> None:
        """Limit the size of the resume position, and reject what a database cannot store."""
        if not _fits(position):
            raise ma.ValidationError(f"Nested more than {NESTING_MAX} levels.")
        try:
            text = json.dumps(position, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        except ValueError:
            raise ma.ValidationError("Not a finite number.") from None
        if len(text.encode("utf-8", "surrogatepass")) > POSITION_MAX:
            raise ma.ValidationError("More than 4 kB of JSON.")
        if NUL.search(text):
            raise ma.ValidationError("NUL characters are not allowed.")


def _fits(value: Any, levels: int = NESTING_MAX) -> bool:
    """Return whether a JSON value is nested at most so many levels deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels >= 0 and all(_fits(one, levels - 1) for one in inner)


class ProgressSchema(ma.Schema):
    """A learner's progress on one module."""

    module = ma.fields.String(required=True, metadata={"example": "run-the-service"})
    status = ma.fields.String(
        required=True, validate=validate.OneOf(STATUSES), metadata={"example": "completed"}
    )
    percent = ma.fields.Integer(required=True, metadata={"example": 100})
    score = ma.fields.Float(required=True, allow_none=True, metadata={"example": 92.5})
    time_spent = ma.fields.Integer(
        required=True, metadata={"example": 3600, "description": "seconds"}
    )
    position = ma.fields.Raw(required=True, allow_none=True, metadata={"example": {"page": 3}})
    started_at = Timestamp(required=True, allow_none=True)
    last_activity_at = Timestamp(required=True, allow_none=True)
    completed_at = Timestamp(required=True, allow_none=True)
    first_completed_at = Timestamp(required=True, allow_none=True)
    completed_revision = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 1})
    outdated = ma.fields.Boolean(required=True)


class NextSchema(ma.Schema):
    """The next module of a path."""

    path = ma.fields.String(required=True, metadata={"example": "backend-with-flask"})
    module = ma.fields.String(required=True, metadata={"example": "flask-app-factory"})
    required = ma.fields.Boolean(required=True, metadata={"example": True})
    state = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    estimated_minutes = ma.fields.Integer(required=True, metadata={"example": 60})
    path_percent = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 3})


class ChangeSchema(OutcomeSchema):
    """Progress on a module after a write, and what the write changed, unlocked and completed."""

    progress = ma.fields.Nested(ProgressSchema, required=True)
    next = ma.fields.Nested(NextSchema, required=True, allow_none=True)


class ProgressQuerySchema(PageQuerySchema):
    """Filters of a user's progress."""

    path = Text(max=80, load_default=None)
    status = ma.fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    updated_since = Timestamp(load_default=None)


class WaiverSchema(ma.Schema):
    """The reason of a waiver."""

    reason = Text(required=True, max=REASON_MAX, metadata={"example": "Has taught this for years."})


class PathModuleProgressSchema(PathModuleSchema):
    """A module's place in a path, and the learner's progress on it."""

    state = ma.fields.String(
        required=True, validate=validate.OneOf(STATUSES), metadata={"example": "in_progress"}
    )
    percent = ma.fields.Integer(required=True, metadata={"example": 40})
    locked = ma.fields.Boolean(required=True)
    blocked_by = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})
    outdated = ma.fields.Boolean(required=True)
    completed_at = Timestamp(required=True, allow_none=True, example=None)


class RollUpSchema(ma.Schema):
    """A learner's progress on a path."""

    path = ma.fields.String(required=True, metadata={"example": "backend-with-flask"})
    title = ma.fields.String(required=True, metadata={"example": "Backend with Flask"})
    status = ma.fields.String(
        required=True, validate=validate.OneOf((*ENROLLMENT_STATUSES, "not_enrolled"))
    )
    percent = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 40})
    required = ma.fields.Integer(required=True, metadata={"example": 30})
    required_done = ma.fields.Integer(required=True, metadata={"example": 12})
    optional = ma.fields.Integer(required=True, metadata={"example": 2})
    optional_done = ma.fields.Integer(required=True, metadata={"example": 0})
    has_new_content = ma.fields.Boolean(required=True)
    due_at = Timestamp(required=True, allow_none=True, example="2026-06-30T12:00:00.000000Z")
    overdue = ma.fields.Boolean(required=True)
    minutes_left = ma.fields.Integer(required=True, metadata={"example": 1080})
    next = ma.fields.Nested(NextSchema, required=True, allow_none=True)
    modules = ma.fields.List(ma.fields.Nested(PathModuleProgressSchema), required=True)
