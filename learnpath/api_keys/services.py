"""Create, list, revoke and authenticate API keys."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from ..clock import now
from ..db import db, reads, separate_transaction
from ..errors import InvalidInput, NotFound, Unauthorized
from ..observability import audit
from ..permissions import ApiClient, Caller, Columns, authenticator
from ..web.pagination import Page, PageParams, paginate
from .models import ApiKey

PREFIX = "lp_"
PUBLIC_COLUMNS = ("id", "name", "prefix", "scopes", "created_at", "last_used_at", "expires_at")
TOUCH_INTERVAL = timedelta(minutes=5)


class InvalidApiKey(Unauthorized):
    """This API key is not valid: it was revoked, has expired or never existed."""


class ApiKeyNotFound(NotFound):
    """There is no such API key."""


def create_key(
    name: str, scopes: list[str], by: Caller, expires_at: datetime | None = None
) -> dict[str, Any]:
    """Create a key and return its public columns and the `key` itself."""
    if expires_at is not None and expires_at <= now():
        raise InvalidInput(errors={"expires_at": ["This time has already passed."]})
    key = PREFIX + secrets.token_urlsafe(32)
    api_key = ApiKey(
        name=name,
        prefix=key[: len(PREFIX) + 6],
        digest=_digest(key),
        scopes=sorted(set(scopes)),
        created_by=by.user_id,
        expires_at=expires_at,
    )
    db.session.add(api_key)
    db.session.flush()
    audit.log("key.created", key_id=api_key.id, scopes=",".join(api_key.scopes))
    return {name: getattr(api_key, name) for name in PUBLIC_COLUMNS} | {"key": key}


def list_keys(paging: PageParams) -> Page:
    """Return a page of all keys, oldest first."""
    return paginate(sa.select(ApiKey), [ApiKey.id], paging, cursor_scope="api keys")


def revoke_key(key_id: int) -> None:
    """Delete a key. Raises ApiKeyNotFound."""
    result = db.session.execute(sa.delete(ApiKey).where(ApiKey.id == key_id))
    if result.rowcount == 0:  # type: ignore[attr-defined]
        raise ApiKeyNotFound
    audit.log("key.revoked", key_id=key_id)


@authenticator.register(PREFIX, or_raises=InvalidApiKey)
def authenticate_key(key: str, _columns: Columns | None = None) -> ApiClient:
    """Return the API client that sent `key`. Raises InvalidApiKey.

    The time of the last use is written at most every five minutes.
    """
    api_key = reads.first(
        sa.select(ApiKey.id, ApiKey.scopes, ApiKey.expires_at, ApiKey.last_used_at).where(
            ApiKey.digest == _digest(key)
        )
    )
    moment = now()
    if api_key is None or (api_key.expires_at is not None and api_key.expires_at <= moment):
        raise InvalidApiKey
    audit.log("key.used", key_id=api_key.id)
    is_due = api_key.last_used_at is None or moment - api_key.last_used_at > TOUCH_INTERVAL
    if is_due and not current_app.config["READ_ONLY"]:
        used = sa.update(ApiKey).where(ApiKey.id == api_key.id).values(last_used_at=moment)
        with separate_transaction() as connection:  # a refusal does not undo it
            connection.execute(used)
    return ApiClient(key_id=api_key.id, scopes=frozenset(api_key.scopes))


def export_keys(user_id: int) -> list[dict[str, Any]]:
    """Return the keys that a user has created, without any secret."""
    keys = sa.select(*ApiKey.__table__.c[PUBLIC_COLUMNS]).where(ApiKey.created_by == user_id)
    return [key._asdict() for key in reads.all(keys.order_by(ApiKey.id))]


def _digest(key: str) -> str:
    """Return a plain SHA-256 digest, which is enough for 256 random bits."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
