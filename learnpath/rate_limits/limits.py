"""The rates; RATE_LIMIT_FACTOR multiplies each of them."""

from typing import NamedTuple


class Rate(NamedTuple):
    """How often something may happen. `create_app` and `app.config` accept another rate."""

    name: str
    rate: str
    help: str


RATES = (
    Rate(
        "LOGIN_FAILURES_PER_ACCOUNT",
        "10 per 15 minutes",
        "failed logins before an account is refused, but not from IP addresses known to it",
    ),
    Rate(
        "LOGIN_FAILURES_PER_ADDRESS",
        "100 per 15 minutes",
        "failed logins before an IP address is refused; a school may share one",
    ),
    Rate(
        "REGISTRATIONS_PER_ADDRESS",
        "30 per hour",
        "registrations from one IP address; a class registers at once",
    ),
    Rate(
        "RESETS_PER_ACCOUNT",
        "5 per hour",
        "emails for password reset and verification, per account",
    ),
)
