"""Queue emails and send them: each by one worker at a time, with retries."""

import logging
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
from flask import current_app, render_template

from ..clock import now
from ..db import db
from ..db.purge import delete_in_batches
from .gateways import MailGateway, open_gateway
from .models import QueuedEmail

LEASE = timedelta(minutes=2)  # how long a claimed email is reserved for one worker
MAX_ATTEMPTS = 8
SENT_RETENTION = timedelta(days=7)
WAITING = (QueuedEmail.sent_at.is_(None), QueuedEmail.attempts < MAX_ATTEMPTS)
QUEUED = "emails queued"  # key in `session.info` until the commit wakes the worker

Renderer = Callable[[str], "dict[str, Any] | None"]

logger = logging.getLogger(__name__)
_renderers: dict[str, Renderer] = {}


def renders(kind: str) -> Callable[[Renderer], Renderer]:
    """Register the function that renders emails of this kind.

    It takes the email address and returns the variables of the templates `<kind>.txt` and
    `<kind>.html`, including `subject`, or None if there is nothing to send.
    """

    def register(renderer: Renderer) -> Renderer:
        _renderers[kind] = renderer
        return renderer

    return register


def queue(kind: str, address: str) -> None:
    """Queue an email in the current transaction; does nothing without MAIL_URL."""
    if current_app.config["MAIL_URL"]:
        db.session.add(QueuedEmail(kind=kind, address=address))
        db.session.flush()
        db.session().info[QUEUED] = True


def cancel(address: str) -> None:
    """Delete all emails to an address."""
    db.session.execute(sa.delete(QueuedEmail).where(QueuedEmail.address == address))


def deliver(gateway: MailGateway | None = None) -> int:
    """Send all emails that are due and return how many were sent. Commits after each.

    With READ_ONLY nothing is sent, since it could not be marked as sent.
    """
    if current_app.config["READ_ONLY"]:
        return 0
    gateway = gateway or open_gateway(current_app.config["MAIL_URL"])
    return sum(_send(email, gateway) for email in iter(_claim, None))


def count_waiting() -> int:
    """Return the number of emails that are still to be sent."""
    return db.session.scalar(sa.select(sa.func.count()).where(*WAITING)) or 0


def purge_sent() -> int:
    """Delete emails that were sent or given up a week ago; return how many."""
    cutoff = now() - SENT_RETENTION
    given_up = (QueuedEmail.attempts >= MAX_ATTEMPTS) & (QueuedEmail.created_at < cutoff)
    return delete_in_batches(QueuedEmail, (QueuedEmail.sent_at < cutoff) | given_up)


def _claim() -> Any:
    """Claim one email that is due for the length of LEASE, in one statement."""
    moment = now()
    due = (
        sa.select(QueuedEmail.id)
        .where(*WAITING, QueuedEmail.due_at <= moment)
        .order_by(QueuedEmail.due_at, QueuedEmail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claim = (
        sa.update(QueuedEmail)
        .where(QueuedEmail.id == due.scalar_subquery())
        .values(due_at=moment + LEASE, attempts=QueuedEmail.attempts + 1)
        .returning(QueuedEmail.id, QueuedEmail.kind, QueuedEmail.address, QueuedEmail.attempts)
        .execution_options(synchronize_session=False)
    )
    email = db.session.execute(claim).first()
    db.session.commit()
    return email


def _send(email: Any, gateway: MailGateway) -> bool:
    """Send a claimed email; return whether it was sent. After a failure it is due again later."""
    wait = timedelta(minutes=2**email.attempts)
    try:
        message = _render(email)
    except Exception:  # the other emails are still sent
        logger.exception("email %s cannot be rendered, again in %s", email.id, wait)
        db.session.remove()
        _write(email, sa.update(QueuedEmail).values(due_at=now() + wait))
        return False
    if message is None:
        _write(email, sa.delete(QueuedEmail))
        return False
    try:
        message["To"] = email.address
        gateway.send(message)
    except (OSError, ValueError) as error:  # ValueError: an address that no header can hold
        logger.warning("email %s not sent, again in %s: %s", email.id, wait, type(error).__name__)
        _write(email, sa.update(QueuedEmail).values(due_at=now() + wait))
        return False
    _write(email, sa.update(QueuedEmail).values(sent_at=now()))
    return True


def _render(email: Any) -> EmailMessage | None:
    """Return the message without its recipient, or None if there is nothing to send."""
    values = _renderers[email.kind](email.address)
    db.session.commit()  # a token in the email must be stored before the email arrives
    if values is None:
        return None
    message = EmailMessage()
    message["Subject"] = values["subject"]
    message["From"] = current_app.config["MAIL_FROM"]
    message.set_content(render_template(f"mail/{email.kind}.txt", **values))
    message.add_alternative(render_template(f"mail/{email.kind}.html", **values), subtype="html")
    return message


def _write(email: Any, change: sa.Update | sa.Delete) -> None:
    db.session.execute(change.where(QueuedEmail.id == email.id))
    db.session.commit()
