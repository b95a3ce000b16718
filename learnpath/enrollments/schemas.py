"""How following a path looks from outside."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from ..emails import EMAIL_MAX
from ..fields import PARAGRAPHS, PATH_SLUG_MAX, QueryBoolean, Text, Timestamp, WholeNumber
from ..pages import PageQuerySchema
from .bulk import ALREADY, ENROLLED, INVITED, NOT_ENROLLED, REFUSED, RESULTS_MAX, WITHDRAWN
from .models import NOTE_MAX, STATUSES


class EnrollmentSchema(ma.Schema):
    """One person on one path."""

    id = ma.fields.Integer(required=True, metadata={"example": 1})
    user_id = ma.fields.Integer(required=True, metadata={"example": 7})
    path = ma.fields.String(required=True, metadata={"example": "backend-with-flask"})
    status = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    due_at = Timestamp(
        required=True, allow_none=True, metadata={"example": "2026-06-30T12:00:00.000000Z"}
    )
    overdue = ma.fields.Boolean(required=True)
    note = ma.fields.String(required=True, allow_none=True, metadata={"example": "Spring class"})
    enrolled_at = Timestamp(required=True)
    enrolled_by = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 2})
    started_at = Timestamp(
        required=True, allow_none=True, metadata={"example": "2026-01-31T12:00:00.000000Z"}
    )
    completed_at = Timestamp(required=True, allow_none=True)
    completed_path_version = ma.fields.Integer(required=True, allow_none=True)


class EnrollmentChangesSchema(ma.Schema):
    """What staff may change of an enrollment."""

    class Meta:
        """What the documentation sends."""

        example = {"due_at": "2026-06-30T12:00:00Z", "note": "Spring class"}

    due_at = Timestamp(allow_none=True)
    note = Text(max=NOTE_MAX, pattern=PARAGRAPHS, allow_none=True)


class NewEnrollmentSchema(EnrollmentChangesSchema):
    """Whom to put on a path: nobody named means oneself; the rest is for staff."""

    user_id = WholeNumber(min=1, max=9_999_999_999)
    email = ma.fields.String(validate=validate.Length(min=1, max=EMAIL_MAX))

    @ma.validates_schema
    def check_who(self, data: dict[str, Any], **_: Any) -> None:
        """Take either an id or an address."""
        if "user_id" in data and "email" in data:
            raise ma.ValidationError("Send either this or user_id.", "email")


class UserEnrollmentQuerySchema(PageQuerySchema):
    """How to narrow a user's enrollments."""

    status = ma.fields.String(load_default=None, validate=validate.OneOf(STATUSES))


class EnrollmentQuerySchema(UserEnrollmentQuerySchema):
    """How to narrow a path's enrollments."""

    overdue = QueryBoolean(load_default=None)


class BulkSchema(ma.Schema):
    """Whole classes: every address on every path, at most 500 together."""

    paths = ma.fields.List(
        ma.fields.String(validate=validate.Length(min=1, max=PATH_SLUG_MAX)),
        required=True,
        validate=validate.Length(min=1, max=RESULTS_MAX),
        metadata={"example": ["backend-with-flask"]},
    )
    emails = ma.fields.List(
        ma.fields.String(validate=validate.Length(min=1, max=EMAIL_MAX)),
        required=True,
        validate=validate.Length(min=1, max=RESULTS_MAX),
        metadata={"example": ["ada@example.org", "grace@example.org"]},
    )


class BulkEnrollmentSchema(BulkSchema, EnrollmentChangesSchema):
    """Whom to enroll where, with a due date and a note for all."""


class BulkResultSchema(ma.Schema):
    """What became of one person on one path."""

    path = ma.fields.String(required=True, metadata={"example": "backend-with-flask"})
    email = ma.fields.String(required=True, metadata={"example": "ada@example.org"})
    result = ma.fields.String(
        required=True,
        validate=validate.OneOf((ENROLLED, ALREADY, INVITED, WITHDRAWN, NOT_ENROLLED, REFUSED)),
        metadata={"example": "refused"},
    )
    reason = ma.fields.String(
        metadata={"example": "This path is archived and takes nobody on any more."}
    )

    @ma.post_dump
    def leave_out_no_reason(self, shown: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave `reason` out where there is none."""
        return {name: value for name, value in shown.items() if value is not None}
