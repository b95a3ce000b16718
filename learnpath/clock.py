"""The current time, in one place, so that tests can set it."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time as an aware UTC datetime."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """Return an aware `moment` as RFC 3339 text in UTC, with microseconds and `Z`."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    text = moment.isoformat().removesuffix("+00:00")  # half the time of isoformat(timespec=...)
    return f"{text}Z" if moment.microsecond else f"{text}.000000Z"
