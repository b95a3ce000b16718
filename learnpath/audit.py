"""The record of security events: who did what, as structured log lines without secrets."""

from __future__ import annotations

import hashlib
import hmac
import logging
from typing import Any

from flask import current_app, g, has_request_context, request

logger = logging.getLogger("learnpath.audit")


def note(event: str, **facts: Any) -> None:
    """Write one line for a security `event`, such as `login.failed`, with its facts.

    Facts are ids and words, never a password, a token or an email address in clear. Who is
    asking, and from where, is added.
    """
    if has_request_context():
        facts["address"] = request.remote_addr
        if caller := g.get("caller"):
            facts["by"] = caller.user_id
    spoken = " ".join(f"{name}={value}" for name, value in facts.items())
    logger.info("%s %s", event, spoken, extra={"facts": {"event": event, **facts}})


def digest(value: str) -> str:
    """Return a keyed digest of `value`: the same value can be recognised, not read."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()[:32]
