"""Events in requests and responses."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from ...web.fields import ModuleId, Text, Timestamp
from ...web.pagination import PageQuerySchema
from ..models import KINDS
from ..schemas import ProgressChangesSchema
from .ingest import RESULTS, InvalidEvent

BATCH_MAX = 500
EVENT_ID_PATTERN = "[A-Za-z0-9._:-]{1,64}"


class OfflineEventSchema(ProgressChangesSchema):
    """An event that a client stored while it was offline."""

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
        """Load each item on its own; an invalid one becomes an InvalidEvent."""
        if not isinstance(data, list) or not 1 <= len(data) <= BATCH_MAX:
            raise ma.ValidationError([f"Send a list of 1 to {BATCH_MAX} events."])
        return [self._read(item) for item in data]

    def _read(self, item: Any) -> Any:
        try:
            return super().load(item, many=False)
        except ma.ValidationError as error:
            sent_id = item.get("id") if isinstance(item, dict) else None
            is_id = isinstance(sent_id, str) and len(sent_id) <= 64
            return InvalidEvent(sent_id if is_id else None, _join(error.messages))


def _join(messages: Any) -> str:
    """Return nested error messages as one line."""
    if isinstance(messages, dict):
        return "; ".join(f"{field}: {_join(inner)}" for field, inner in messages.items())
    return " ".join(map(str, messages)) if isinstance(messages, list) else str(messages)


class ResultSchema(ma.Schema):
    """The result of one event of a batch."""

    id = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "7c9e6679-7425-40de-944b"}
    )
    result = ma.fields.String(
        required=True, validate=validate.OneOf(RESULTS), metadata={"example": "rejected"}
    )
    reason = ma.fields.String(metadata={"example": "This is more than 30 days ago."})

    @ma.post_dump
    def omit_empty_reason(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Omit `reason` where there is none."""
        return data if data["reason"] else {"id": data["id"], "result": data["result"]}


class EventQuerySchema(PageQuerySchema):
    """Filters of a user's events."""

    module = Text(max=100, load_default=None)


class EventSchema(ma.Schema):
    """An event of a learner on a module."""

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
