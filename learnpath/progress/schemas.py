"""What is reported of a module, and what it changed."""

from __future__ import annotations

import json
import re
from typing import Any

import marshmallow as ma
from marshmallow import validate

from ..enrollments.models import STATUSES as ENROLLMENT_STATUSES
from ..fields import Boolean, ModuleId, Number, Text, Timestamp, WholeNumber
from ..pages import PageQuerySchema
from ..paths.schemas import MembershipSchema
from ..users.schemas import UserSchema
from .batches import RESULTS, BadItem
from .models import KINDS, REASON_MAX
from .rules.modules import COMPLETED, IN_PROGRESS, REOPENED, STATUSES

POSITION_MAX = 4096  # bytes of JSON
NESTING_MAX = 64  # levels
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # and not the six characters of its name
BATCH_MAX = 500
EVENT_ID_PATTERN = "[A-Za-z0-9._:-]{1,64}"
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
            "description": "where to resume, any JSON of at most 4 kB and 64 levels",
            "example": {"page": 3},
        }
    )
    occurred_at = Timestamp()

    @ma.validates("position")
    def check_position(self, position: Any, data_key: str) -> None:
        """Bound the resume position, and refuse what a database cannot keep."""
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
    """Tell whether a JSON value nests no deeper than so many levels."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels >= 0 and all(_fits(one, levels - 1) for one in inner)


class OfflineEventSchema(ProgressChangesSchema):
    """Something that a client kept while it was offline."""

    id = ma.fields.String(
        required=True,
        validate=validate.Regexp(
            rf"^{EVENT_ID_PATTERN}\Z", error="Use 1 to 64 letters, digits and . _ : -"
        ),
        metadata={"pattern": f"^{EVENT_ID_PATTERN}$", "example": "7c9e6679-7425-40de-944b"},
    )
    module_id = ModuleId(required=True)
    occurred_at = Timestamp(required=True)

    def load(self, data: Any, **options: Any) -> Any:
        """Read each item for itself: a bad one is told as a BadItem and stops no other."""
        if not isinstance(data, list) or not 1 <= len(data) <= BATCH_MAX:
            raise ma.ValidationError([f"Send a list of 1 to {BATCH_MAX} events."])
        return [self._read(item) for item in data]

    def _read(self, item: Any) -> Any:
        try:
            return super().load(item, many=False)
        except ma.ValidationError as error:
            given = item.get("id") if isinstance(item, dict) else None
            shown = given if isinstance(given, str) and len(given) <= 64 else None
            return BadItem(shown, _told(error.messages))


def _told(messages: Any) -> str:
    """Say in one line what is wrong with an item."""
    if isinstance(messages, dict):
        return "; ".join(f"{field}: {_told(inner)}" for field, inner in messages.items())
    return " ".join(map(str, messages)) if isinstance(messages, list) else str(messages)


class ResultSchema(ma.Schema):
    """What became of one event of a batch."""

    id = ma.fields.String(required=True, allow_none=True)
    result = ma.fields.String(required=True, validate=validate.OneOf(RESULTS))
    reason = ma.fields.String()

    @ma.post_dump
    def leave_out_no_reason(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave `reason` out where there is none."""
        return shown if shown["reason"] else {"id": shown["id"], "result": shown["result"]}


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
