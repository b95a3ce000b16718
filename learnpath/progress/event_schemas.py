"""What happened to a learner: as an offline client sends it, and as the history shows it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from ..fields import ModuleId, Text, Timestamp
from ..pages import PageQuerySchema
from .batches import RESULTS, BadItem
from .models import KINDS
from .schemas import ProgressChangesSchema

BATCH_MAX = 500
EVENT_ID_PATTERN = "[A-Za-z0-9._:-]{1,64}"


class OfflineEventSchema(ProgressChangesSchema):
    """Something that a client kept while it was offline."""

    id = ma.fields.String(
        required=True,
        validate=validate.Regexp(
            rf"^{EVENT_ID_PATTERN}\Z", error="Use 1 to 64 letters, digits and . _ : -"
        ),
        metadata={"pattern": f"^{EVENT_ID_PATTERN}$", "example": "7c9e6679-7425-40de-944b"},
    )
    module_id = ModuleId(required=True, metadata={"example": "run-the-service"})
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

    id = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "7c9e6679-7425-40de-944b"}
    )
    result = ma.fields.String(
        required=True, validate=validate.OneOf(RESULTS), metadata={"example": "rejected"}
    )
    reason = ma.fields.String(metadata={"example": "This is more than 30 days ago."})

    @ma.post_dump
    def leave_out_no_reason(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave `reason` out where there is none."""
        return shown if shown["reason"] else {"id": shown["id"], "result": shown["result"]}


class EventQuerySchema(PageQuerySchema):
    """How to narrow a user's history."""

    module = Text(max=100, load_default=None)


class EventSchema(ma.Schema):
    """Something that happened to a learner on a module."""

    id = ma.fields.String(required=True, metadata={"example": "7c9e6679-7425-40de-944b"})
    module_id = ma.fields.String(
        required=True, attribute="module_slug", metadata={"example": "run-the-service"}
    )
    kind = ma.fields.String(
        required=True, validate=validate.OneOf(KINDS), metadata={"example": "completed"}
    )
    percent = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 100})
    score = ma.fields.Float(required=True, allow_none=True, metadata={"example": 92.5})
    time_spent_delta = ma.fields.Integer(
        required=True, attribute="time_spent", metadata={"example": 1200}
    )
    position = ma.fields.Raw(required=True, allow_none=True, metadata={"example": {"page": 3}})
    occurred_at = Timestamp(required=True)
    received_at = Timestamp(required=True)
    local_date = ma.fields.Date(required=True, metadata={"example": "2026-01-31"})
    reported_by = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 7})
