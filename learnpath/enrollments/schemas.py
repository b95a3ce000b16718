"""The JSON of enrollments, and the forms that create and change them."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from ..emails import EMAIL_MAX
from ..slugs import PATH_SLUG_MAX
from ..web.fields import MULTI_LINE, QueryBoolean, StrictInteger, Text, Timestamp
from ..web.pagination import PageQuerySchema
from .bulk import ALREADY, ENROLLED, INVITED, NOT_ENROLLED, REFUSED, RESULTS_MAX, WITHDRAWN
from .models import NOTE_MAX, STATUSES


class EnrollmentSchema(ma.Schema):
    """A user in a path."""

    id = ma.fields.Integer(required=True, metadata={"example": 1})
    user_id = ma.fields.Integer(required=True, metadata={"example": 7})
    path = ma.fields.String(required=True, metadata={"example": "backend-with-flask"})
    status = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    due_at = Timestamp(required=True, allow_none=True, example="2026-06-30T12:00:00.000000Z")
    overdue = ma.fields.Boolean(required=True)
    note = ma.fields.String(required=True, allow_none=True, metadata={"example": "Spring class"})
    enrolled_at = Timestamp(required=True)
    enrolled_by = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 2})
    started_at = Timestamp(required=True, allow_none=True)
    completed_at = Timestamp(required=True, allow_none=True, example=None)
    completed_path_version = ma.fields.Integer(required=True, allow_none=True)


class EnrollmentChangesSchema(ma.Schema):
    """Changes of an enrollment, by staff."""

    class Meta:
        example = {"due_at": "2026-06-30T12:00:00Z", "note": "Spring class"}

    due_at = Timestamp(allow_none=True, example=None)
    note = Text(max=NOTE_MAX, pattern=MULTI_LINE, allow_none=True)


class NewEnrollmentSchema(EnrollmentChangesSchema):
    """The user to enroll, by default the caller; other users and details are for staff."""

    user_id = StrictInteger(min=1, max=9_999_999_999)
    email = ma.fields.String(validate=validate.Length(min=1, max=EMAIL_MAX))

    @ma.validates_schema
    def check_who(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a user id together with an email address."""
        if "user_id" in data and "email" in data:
            raise ma.ValidationError("Send either this or user_id.", "email")


class UserEnrollmentQuerySchema(PageQuerySchema):
    """Filters of the enrollments of a user."""

    status = ma.fields.String(load_default=None, validate=validate.OneOf(STATUSES))


class EnrollmentQuerySchema(UserEnrollmentQuerySchema):
    """Filters of the enrollments of a path."""

    overdue = QueryBoolean(load_default=None)


class BulkSchema(ma.Schema):
    """Email addresses and paths: every address on every path, at most 500 together."""

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
    """The addresses to enroll, with a due date and a note for all."""


class BulkResultSchema(ma.Schema):
    """The result for one email address and one path."""

    path = ma.fields.String(required=True, metadata={"example": "backend-with-flask"})
    email = ma.fields.String(required=True, metadata={"example": "ada@example.org"})
    result = ma.fields.String(
        required=True,
        validate=validate.OneOf((ENROLLED, ALREADY, INVITED, WITHDRAWN, NOT_ENROLLED, REFUSED)),
        metadata={"example": "refused"},
    )
    reason = ma.fields.String(
        metadata={"example": "This path is archived and accepts no new enrollments."}
    )
