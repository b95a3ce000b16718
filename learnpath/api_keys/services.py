"""Make, list, revoke and recognise API keys."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from .. import audit
from ..clock import now
from ..errors import InvalidInput, NotFound, Unauthorized
from ..extensions import db, reads
from ..pages import Page, Paging, take
from ..permissions import Caller, Columns, Machine, guard
from .models import ApiKey

PREFIX = "lp_"
SHOWN = ("id", "name", "prefix", "scopes", "created_at", "last_used_at", "expires_at")
USE_NOTED_EVERY = timedelta(minutes=5)


class InvalidApiKey(Unauthorized):
    """This API key is not good: it was revoked, has expired or was never made."""


class ApiKeyNotFound(NotFound):
    """There is no such API key."""


def create_key(
    name: str, scopes: list[str], by: Caller, expires_at: datetime | None = None
) -> dict[str, Any]:
    """Make a key; return what is shown of it, and only now the `key` itself."""
    if expires_at is not None and expires_at <= now():
        raise InvalidInput(errors={"expires_at": ["This time is over already."]})
    key = PREFIX + secrets.token_urlsafe(32)
    made = ApiKey(
        name=name,
        prefix=key[: len(PREFIX) + 6],
        digest=_digest(key),
        scopes=sorted(set(scopes)),
        created_by=by.user_id,
        expires_at=expires_at,
    )
    db.session.add(made)
    db.session.flush()
    audit.note("key.created", key_id=made.id, scopes=",".join(made.scopes))
    return {name: getattr(made, name) for name in SHOWN} | {"key": key}


def list_keys(paging: Paging) -> Page:
    """Return a page of all keys, oldest first."""
    return take(sa.select(ApiKey), [ApiKey.id], paging, of="api keys")


def revoke_key(key_id: int) -> None:
    """Make a key useless, at once. Raises ApiKeyNotFound."""
    revoked = db.session.execute(sa.delete(ApiKey).where(ApiKey.id == key_id))
    if revoked.rowcount == 0:  # type: ignore[attr-defined]
        raise ApiKeyNotFound
    audit.note("key.revoked", key_id=key_id)


@guard.identifies(PREFIX, or_raises=InvalidApiKey)
def identify_machine(key: str, _loads: Columns | None = None) -> Machine:
    """Return the machine client that sent `key`. Raises InvalidApiKey.

    It has no account to load. The time of the last use is written at most every five minutes.
    """
    found = reads.first(
        sa.select(ApiKey.id, ApiKey.scopes, ApiKey.expires_at, ApiKey.last_used_at).where(
            ApiKey.digest == _digest(key)
        )
    )
    moment = now()
    if found is None or (found.expires_at is not None and found.expires_at <= moment):
        raise InvalidApiKey
    audit.note("key.used", key_id=found.id)
    if found.last_used_at is None or moment - found.last_used_at > USE_NOTED_EVERY:
        _note_use(found.id, moment)
    return Machine(key_id=found.id, scopes=frozenset(found.scopes))


def _note_use(key_id: int, moment: datetime) -> None:
    """Write the last use in a short transaction of its own: it outlives any refusal."""
    if current_app.config["READ_ONLY"]:
        return
    db.session.execute(sa.update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=moment))
    db.session.commit()


def export_keys(user_id: int) -> list[dict[str, Any]]:
    """Return the keys that a user has made, without any secret."""
    columns = [getattr(ApiKey, name) for name in SHOWN]
    made = reads.all(sa.select(*columns).where(ApiKey.created_by == user_id))
    return [dict(key._mapping) for key in made]


def _digest(key: str) -> str:
    """Return a plain digest, which is enough for 256 random bits."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
