"""A valid token is accepted, every other one is refused."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from .task import AUDIENCE, read_token

SECRET = "f2c41d6c0a5b4f63b1e97d2a8c3e5f70c5d9e1a3b7f24680"
ANOTHER = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071"
LATER = datetime.now(UTC) + timedelta(hours=1)
EARLIER = datetime.now(UTC) - timedelta(hours=1)
CLAIMS = {"sub": "7", "aud": AUDIENCE, "exp": LATER}


def token(secret=SECRET, algorithm="HS256", **changes):
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jwt.encode(claims, secret, algorithm)


def test_a_valid_token_contains_the_user():
    assert read_token(token(), SECRET) == "7"


@pytest.mark.parametrize(
    "forged",
    [
        token(secret=ANOTHER),
        token(secret=None, algorithm="none"),
        token(algorithm="HS384"),
        token(exp=EARLIER),
        token(exp=None),
        token(aud="another service"),
        token(aud=None),
        token(sub=None),
        "",
        "not.a.token",
    ],
    ids=["other secret", "unsigned", "other algorithm", "expired", "never expires",
         "other audience", "no audience", "no subject", "empty", "no token"],
)  # fmt: skip
def test_any_other_token_is_refused(forged):
    assert read_token(forged, SECRET) is None
