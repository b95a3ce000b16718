"""Access tokens: made by Flask-JWT-Extended, read strictly."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import jwt
from flask import current_app
from flask_jwt_extended import create_access_token

from ..clock import now
from ..errors import Unauthorized

REQUIRED = ["exp", "iat", "jti", "type", "iss", "aud", "sub", "sid"]
LEEWAY = 60  # seconds between the clocks of two nodes
ID = re.compile("[1-9][0-9]{0,17}")  # what a database can hold
MAX_LENGTH = 2048  # characters; ours have about 400


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

    PyJWT reads it directly: Flask-JWT-Extended's own reader accepts tokens without an
    expiry, a type or an id.
    """
    if len(token) > MAX_LENGTH:
        raise InvalidToken
    try:
        claims = jwt.decode(
            token,
            _key_for(token),
            algorithms=[current_app.config["JWT_ALGORITHM"]],
            issuer=current_app.config["JWT_ENCODE_ISSUER"],
            audience=current_app.config["JWT_ENCODE_AUDIENCE"],
            leeway=LEEWAY,
            options={"require": REQUIRED},
        )
        return _checked(claims)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
        raise InvalidToken from None


def _checked(claims: dict[str, Any]) -> tuple[int, int]:
    user_id, session_id = claims["sub"], claims["sid"]
    if claims["type"] != "access" or not isinstance(claims["jti"], str):
        raise ValueError("not an access token")
    if type(session_id) is not int or not (ID.fullmatch(user_id) and ID.fullmatch(str(session_id))):
        raise ValueError("names nobody")
    if claims["exp"] > now().timestamp() + lifetime() + LEEWAY:
        raise ValueError("lives longer than any token of ours")
    return int(user_id), session_id


def key_id(secret: str) -> str:
    """Return a short public name of `secret`, by which a token says what signed it."""
    return hashlib.sha256(b"learnpath key id:" + secret.encode()).hexdigest()[:12]


def _key_for(token: str) -> str:
    """Return the secret that the token names, the present one or a previous one."""
    config = current_app.config
    keys = {key_id(key): key for key in (config["SECRET_KEY"], *config["SECRET_KEY_PREVIOUS"])}
    named = jwt.get_unverified_header(token).get("kid")
    if not isinstance(named, str) or named not in keys:
        raise InvalidToken
    return str(keys[named])
