"""Access tokens: made by Flask-JWT-Extended, read strictly."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Any, NamedTuple

import jwt
from flask import current_app
from flask_jwt_extended import create_access_token

from ..clock import now
from ..errors import Unauthorized

REQUIRED = ["exp", "iat", "jti", "type", "iss", "aud", "sub", "sid"]
LEEWAY = 60  # seconds between the clocks of two nodes
ID = re.compile("[1-9][0-9]{0,17}")  # what a database can hold
MAX_LENGTH = 2048  # characters; ours have about 400
REMEMBERED = 4096  # tokens per process, about 600 bytes each


class Claims(NamedTuple):
    """What a genuine access token says."""

    user_id: int
    session_id: int
    expires_at: float  # seconds since the epoch


class InvalidToken(Unauthorized):
    """The access token is not valid any more.

    It has expired, its session has ended, or it was never ours. Log in again.
    """

    def challenge(self) -> str:
        """Return the challenge with the error code of RFC 6750, 3.1."""
        return super().challenge() + ', error="invalid_token"'


def issue(user_id: int, session_id: int) -> str:
    """Return an access token for a user's session, signed with SECRET_KEY."""
    key = current_app.config["SECRET_KEY"]
    token: str = create_access_token(
        str(user_id),
        additional_claims={"sid": session_id},
        additional_headers={"kid": key_id(key)},
    )
    return token


def lifetime() -> int:
    """Return how long an access token lives, in seconds."""
    return int(current_app.config["JWT_ACCESS_TOKEN_EXPIRES"].total_seconds())


def read(token: str) -> tuple[int, int]:
    """Return the user's id and the session's id that `token` names. Raises InvalidToken.

    The signature of each token is verified once per process, its time on every request.
    """
    if len(token) > MAX_LENGTH:
        raise InvalidToken
    config = current_app.config
    secrets = (config["SECRET_KEY"], *config["SECRET_KEY_PREVIOUS"])
    try:
        claims = _verified(token, secrets)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
        raise InvalidToken from None
    moment = now().timestamp()
    if not moment - LEEWAY < claims.expires_at <= moment + lifetime() + LEEWAY:
        raise InvalidToken  # it is over, or lives longer than any token of ours
    return claims.user_id, claims.session_id


@lru_cache(maxsize=REMEMBERED)
def _verified(token: str, secrets: tuple[str, ...]) -> Claims:
    """Return the claims of a genuine token; only such ones are remembered.

    PyJWT reads it directly: Flask-JWT-Extended's own reader accepts tokens without an
    expiry, a type or an id.
    """
    claims = jwt.decode(
        token,
        _key_for(token, secrets),
        algorithms=[current_app.config["JWT_ALGORITHM"]],
        issuer=current_app.config["JWT_ENCODE_ISSUER"],
        audience=current_app.config["JWT_ENCODE_AUDIENCE"],
        leeway=LEEWAY,
        options={"require": REQUIRED},
    )
    return _checked(claims)


def _checked(claims: dict[str, Any]) -> Claims:
    user_id, session_id = claims["sub"], claims["sid"]
    if claims["type"] != "access" or not isinstance(claims["jti"], str):
        raise ValueError("not an access token")
    if type(claims["exp"]) not in (int, float):
        raise ValueError("never expires")
    if type(session_id) is not int or not (ID.fullmatch(user_id) and ID.fullmatch(str(session_id))):
        raise ValueError("names nobody")
    return Claims(int(user_id), session_id, claims["exp"])


def key_id(secret: str) -> str:
    """Return a short public name of `secret`, by which a token says what signed it."""
    return hashlib.sha256(b"learnpath key id:" + secret.encode()).hexdigest()[:12]


def _key_for(token: str, secrets: tuple[str, ...]) -> str:
    """Return the one of our `secrets` that the token names."""
    keys = {key_id(secret): secret for secret in secrets}
    named = jwt.get_unverified_header(token).get("kid")
    if not isinstance(named, str) or named not in keys:
        raise InvalidToken
    return str(keys[named])
