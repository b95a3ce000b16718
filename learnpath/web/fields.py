"""Strict marshmallow fields: no coercion, no control characters."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate

from .. import emails
from ..clock import rfc3339
from ..passwords import PASSWORD_MAX, PASSWORD_MIN
from ..slugs import MODULE_ID_MAX, MODULE_ID_PATTERN, RESERVED_MODULE_IDS

DATABASE_INT_MAX = 2**31 - 1

RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
SINGLE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
MULTI_LINE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]*$"


class Text(fields.String):
    """One line of text, trimmed: `min` to `max` characters, no control characters."""

    def __init__(self, *, max: int, min: int = 1, pattern: str = SINGLE_LINE, **more: Any) -> None:
        super().__init__(
            validate=[
                validate.Length(min=min, max=max),
                validate.Regexp(pattern, error="Control characters are not allowed."),
                _reject_surrogates,
            ],
            **more,
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).strip()


def _reject_surrogates(text: str) -> None:
    """Reject lone surrogates, which invalid bytes on a command line become.

    They are not part of the published pattern: many regex engines do not support them.
    """
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValidationError("Not valid Unicode.")


class Email(fields.String):
    """An email address, normalized when loaded."""

    def __init__(self, **more: Any) -> None:
        metadata = {"format": "email", "example": "ada@example.org"}
        super().__init__(validate=validate.Length(max=emails.EMAIL_MAX), metadata=metadata, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > emails.EMAIL_MAX:
            return text  # the validator rejects it; parsing a megabyte takes long
        try:
            return emails.normalize(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class LookupEmail(Text):
    """An email address that identifies an account; canonicalized when loaded.

    Only the length and control characters are checked: an old account may have an address
    that `Email` rejects.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(max=emails.EMAIL_MAX, metadata={"example": "ada@example.org"}, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return text if len(text) > emails.EMAIL_MAX else emails.canonicalize(text)


class NewPassword(fields.String):
    """A new password: only its length is checked, and no character is changed."""

    def __init__(self, **more: Any) -> None:
        metadata = {"format": "password"} | more.pop("metadata", {})
        length = validate.Length(min=PASSWORD_MIN, max=PASSWORD_MAX)  # characters
        super().__init__(validate=length, metadata=metadata, **more)


class StrictBoolean(fields.Boolean):
    """JSON true or false; not 1, "yes" or "on"."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class QueryBoolean(fields.Boolean):
    """`true` or `false` in a query string."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if value not in ("true", "false"):
            raise self.make_error("invalid", input=value)
        return bool(value == "true")


class StrictInteger(fields.Integer):
    """A JSON integer between two bounds; not a boolean, not 5.0, not "5"."""

    def __init__(self, *, min: int, max: int, **more: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=min, max=max), **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return value


class StrictFloat(fields.Float):
    """A JSON number between two bounds; not a boolean, not "5"."""

    def __init__(self, *, min: float, max: float, **more: Any) -> None:
        super().__init__(validate=validate.Range(min=min, max=max), **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        if type(value) not in (int, float):
            raise self.make_error("invalid", input=value)
        if not abs(value) <= DATABASE_INT_MAX:  # NaN is rejected too
            raise self.make_error("too_large", input=value)
        return float(value)


class QueryInteger(fields.Integer):
    """An integer in a query string: ASCII digits, no sign, no spaces."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch("[0-9]{1,18}", value):
            raise self.make_error("invalid", input=value)
        return int(value)


class ModuleId(fields.String):
    """The slug of a module in a request body; the reserved words of the API are excluded."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            validate=[
                validate.Length(min=1, max=MODULE_ID_MAX),
                validate.Regexp(rf"^{MODULE_ID_PATTERN}\Z", error="Not a module id."),
                validate.NoneOf(RESERVED_MODULE_IDS, error="This word is reserved."),
            ],
            metadata={"pattern": f"^{MODULE_ID_PATTERN}$", **more.pop("metadata", {})},
            **more,
        )


class TimeZone(fields.String):
    """An IANA time zone of the installed database."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            validate=[validate.Length(max=64), _check_zone],
            metadata={"example": "Europe/Athens"},
            **more,
        )


def _check_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("Not an IANA time zone.")


class Timestamp(fields.DateTime):
    """An RFC 3339 time: loaded with any offset, dumped in UTC with `Z`."""

    def __init__(self, *, example: str | None = "2026-01-31T12:00:00.000000Z", **more: Any) -> None:
        """Document the `example`; None is for a value that is usually null."""
        super().__init__(metadata={"example": example} if example else {}, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not RFC3339.fullmatch(value):
            raise ValidationError("Not an RFC 3339 time, such as 2026-01-31T12:00:00Z.")
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError("There is no such moment.") from None

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)
