"""marshmallow fields that take exactly what they say: no coercion, no control characters."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate

from . import emails
from .passwords import PASSWORD_MAX, PASSWORD_MIN

PATH_SLUG_PATTERN = "[a-z0-9]+(?:-[a-z0-9]+)*"
PATH_SLUG_MAX = 80
MODULE_ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9._:-]{0,99}"
MODULE_ID_MAX = 100
RESERVED_MODULE_IDS = ("events",)  # a word of the API: /progress/events
DATABASE_INT_MAX = 2**31 - 1

RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
PARAGRAPHS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]*$"


class Text(fields.String):
    """One line of text, trimmed: `min` to `max` characters, no control characters."""

    def __init__(self, *, max: int, min: int = 1, pattern: str = LINE, **more: Any) -> None:
        """Bound the text by `min` and `max` characters after trimming."""
        super().__init__(
            validate=[
                validate.Length(min=min, max=max),
                validate.Regexp(pattern, error="Control characters are not allowed."),
                _check_whole_characters,
            ],
            **more,
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).strip()


def _check_whole_characters(text: str) -> None:
    """Refuse half a character, as bytes on a command line make one.

    Not by the pattern, which is published: many engines know no surrogates.
    """
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValidationError("Not valid Unicode.")


class Email(fields.String):
    """An email address, in its canonical spelling after loading."""

    def __init__(self, **more: Any) -> None:
        """Document the field as an email address."""
        metadata = {"format": "email", "example": "ada@example.org"} | more.pop("metadata", {})
        super().__init__(validate=validate.Length(max=emails.EMAIL_MAX), metadata=metadata, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > emails.EMAIL_MAX:
            return text  # the validator says so; do not parse a megabyte
        try:
            return emails.checked(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class EmailOfSomebody(Text):
    """An email address by which to find an account, however old; canonical after loading.

    Its form is not judged, beyond what no account can have.
    """

    def __init__(self, **more: Any) -> None:
        """Document the field as an email address."""
        super().__init__(max=emails.EMAIL_MAX, metadata={"example": "ada@example.org"}, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return text if len(text) > emails.EMAIL_MAX else emails.canonical(text)


class NewPassword(fields.String):
    """A password to be set: its length only, every character as received."""

    def __init__(self, **more: Any) -> None:
        """Bound the length in characters."""
        metadata = {"format": "password"} | more.pop("metadata", {})
        super().__init__(
            validate=validate.Length(min=PASSWORD_MIN, max=PASSWORD_MAX), metadata=metadata, **more
        )


class Boolean(fields.Boolean):
    """true or false, and not 1, "yes" or "on"."""

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


class WholeNumber(fields.Integer):
    """A JSON integer between two bounds; not a boolean, not 5.0, not "5"."""

    def __init__(self, *, min: int, max: int, **more: Any) -> None:
        """Bound the number."""
        super().__init__(strict=True, validate=validate.Range(min=min, max=max), **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return value


class Number(fields.Float):
    """A JSON number between two bounds; not a boolean, not "5"."""

    def __init__(self, *, min: float, max: float, **more: Any) -> None:
        """Bound the number."""
        super().__init__(validate=validate.Range(min=min, max=max), **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        if type(value) not in (int, float):
            raise self.make_error("invalid", input=value)
        if not abs(value) <= DATABASE_INT_MAX:  # nor is it NaN
            raise self.make_error("too_large", input=value)
        return float(value)


class QueryInteger(fields.Integer):
    """A whole number in a query string: plain ASCII digits, no sign, no spaces."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch("[0-9]{1,18}", value):
            raise self.make_error("invalid", input=value)
        return int(value)


class ModuleId(fields.String):
    """The slug of a module in a body."""

    def __init__(self, **more: Any) -> None:
        """Document the pattern; `events` is a word of the API and no module."""
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
    """An IANA time zone, such as `Europe/Athens`."""

    def __init__(self, **more: Any) -> None:
        """Accept the zones that this machine knows."""
        super().__init__(
            validate=[validate.Length(max=64), _check_zone],
            metadata={"example": "Europe/Athens"},
            **more,
        )


def _check_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("Not an IANA time zone.")


class Timestamp(fields.DateTime):
    """A moment as RFC 3339: with an offset when loaded, in UTC with `Z` when shown."""

    def __init__(self, **more: Any) -> None:
        """Give an example; a moment that may be missing has none of its own."""
        example = {} if more.get("allow_none") else {"example": "2026-01-31T12:00:00.000000Z"}
        super().__init__(metadata=example | more.pop("metadata", {}), **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not RFC3339.fullmatch(value):
            raise ValidationError("Not an RFC 3339 time, such as 2026-01-31T12:00:00Z.")
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError("There is no such moment.") from None

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return rfc3339(value)


def rfc3339(moment: datetime) -> str:
    """Return an aware `moment` as RFC 3339 text in UTC, with microseconds and `Z`."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    text = moment.isoformat().removesuffix("+00:00")  # half the time of isoformat(timespec=...)
    return f"{text}Z" if moment.microsecond else f"{text}.000000Z"
