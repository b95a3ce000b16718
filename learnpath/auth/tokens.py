"""Access tokens: issued by Flask-JWT-Extended, decoded with strict checks."""

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
LEEWAY = 60  # seconds that the clocks of two nodes may differ
ID = re.compile("[1-9][0-9]{0,17}")  # fits into a BIGINT
MAX_LENGTH = 2048  # characters; issued tokens have about 400
CACHE_SIZE = 4096  # tokens per process, about 600 bytes each


class Claims(NamedTuple):
    """The claims of a valid access token that the service uses."""

    user_id: int
    session_id: int
    expires_at: float  # seconds since the epoch


class InvalidToken(Unauthorized):
    """The access token is no longer valid.

    It has expired, its session has ended, or this service did not issue it. Log in again.
    """

    def challenge(self) -> str:
        """Return the challenge with the error code of RFC 6750, 3.1."""
        return super().challenge() + ', error="invalid_token"'


def issue(user_id: int, session_id: int) -> str:
    """Return an access token for a user's session, signed with SECRET_KEY."""
    header = {"kid": key_id(current_app.config["SECRET_KEY"])}
    token: str = create_access_token(
        str(user_id), additional_claims={"sid": session_id}, additional_headers=header
    )
    return token


def lifetime() -> int:
    """Return the lifetime of an access token in seconds."""
    return int(current_app.config["JWT_ACCESS_TOKEN_EXPIRES"].total_seconds())


def read(token: str) -> tuple[int, int]:
    """Return the user id and the session id in `token`. Raises InvalidToken.

    The signature of a token is verified once per process, its expiry on every request.
    """
    if len(token) > MAX_LENGTH:
        raise InvalidToken
    try:
        claims = _decode(token, accepted_keys())
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
        raise InvalidToken from None
    moment = now().timestamp()
    if not moment - LEEWAY < claims.expires_at <= moment + lifetime() + LEEWAY:
        raise InvalidToken  # expired, or valid for longer than an issued token can be
    return claims.user_id, claims.session_id


@lru_cache(maxsize=CACHE_SIZE)
def _decode(token: str, secrets: tuple[str, ...]) -> Claims:
    """Return the claims of a valid token; the cache holds only valid ones.

    PyJWT decodes it directly: Flask-JWT-Extended also accepts tokens without an expiry, a
    type or an id.
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
    return _validate(claims)


def _validate(claims: dict[str, Any]) -> Claims:
    user_id, session_id = claims["sub"], claims["sid"]
    if claims["type"] != "access" or not isinstance(claims["jti"], str):
        raise ValueError("not an access token")
    if type(claims["exp"]) not in (int, float):
        raise ValueError("no expiry")
    if type(session_id) is not int or not (ID.fullmatch(user_id) and ID.fullmatch(str(session_id))):
        raise ValueError("no user id or session id")
    return Claims(int(user_id), session_id, claims["exp"])


def accepted_keys() -> tuple[str, ...]:
    """Return SECRET_KEY and, during a rotation, its predecessors."""
    return (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_PREVIOUS"])


def key_id(secret: str) -> str:
    """Return the `kid` header of tokens that are signed with `secret`."""
    return hashlib.sha256(b"learnpath key id:" + secret.encode()).hexdigest()[:12]


def _key_for(token: str, secrets: tuple[str, ...]) -> str:
    """Return the secret that the `kid` header of the token names."""
    keys = {key_id(secret): secret for secret in secrets}
    kid = jwt.get_unverified_header(token).get("kid")
    if not isinstance(kid, str) or kid not in keys:
        raise InvalidToken
    return keys[kid]
