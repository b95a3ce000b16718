"""The audit log: security events as structured log lines without secrets."""

import hashlib
import hmac
import logging
from typing import Any

from flask import current_app, g, has_request_context, request

logger = logging.getLogger("learnpath.observability.audit")


def log(event: str, **fields: Any) -> None:
    """Write one line for a security `event`, such as `login.failed`.

    `fields` are ids and keywords, never a password, a token or an email address in clear text.
    The caller and the client's IP address are added.
    """
    if has_request_context():
        fields["address"] = request.remote_addr
        if caller := g.get("caller"):
            fields["by"] = caller.user_id
    message = " ".join(f"{name}={value}" for name, value in fields.items())
    logger.info("%s %s", event, message, extra={"fields": {"event": event, **fields}})


def digest(value: str) -> str:
    """Return a keyed digest of `value`, which identifies it without revealing it."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()[:32]
