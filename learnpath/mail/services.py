"""Queue letters, and send what is queued: each by one sender, again later if that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
from flask import current_app, render_template

from .. import database
from ..clock import now
from ..extensions import db
from ..gateways.mail import MailGateway, open_gateway
from .models import Letter

LEASE = timedelta(minutes=2)  # how long one sender has a letter to itself
ATTEMPTS_MAX = 8
KEEP_SENT = timedelta(days=7)
NEWS = "letters queued"  # a mark on the session, for the sender to look at after the commit

Composer = Callable[[str], "dict[str, Any] | None"]

logger = logging.getLogger(__name__)
_composers: dict[str, Composer] = {}


def composes(kind: str) -> Callable[[Composer], Composer]:
    """Register who knows what a letter of this kind says.

    The composer takes the address and returns what the templates `<kind>.txt` and
    `<kind>.html` need, `subject` among it, or None where there is nothing to send.
    """

    def register(composer: Composer) -> Composer:
        _composers[kind] = composer
        return composer

    return register


def queue(kind: str, address: str) -> None:
    """Queue a letter in the present transaction; without MAIL_URL there is no mail at all."""
    if current_app.config["MAIL_URL"]:
        db.session.add(Letter(kind=kind, address=address))
        db.session.flush()
        db.session().info[NEWS] = True


def withdraw(address: str) -> None:
    """Forget every letter to an address."""
    db.session.execute(sa.delete(Letter).where(Letter.address == address))


def deliver(gateway: MailGateway | None = None) -> int:
    """Send what is due; return how many letters went out. Commits after each.

    While READ_ONLY nothing goes out, since that could not be noted.
    """
    if current_app.config["READ_ONLY"]:
        return 0
    gateway = gateway or open_gateway(current_app.config["MAIL_URL"])
    sent = 0
    while (letter := _claim()) is not None:
        sent += _send(letter, gateway)
    return sent


def count_waiting() -> int:
    """Return how many letters wait to be sent."""
    waiting = sa.select(sa.func.count()).where(
        Letter.sent_at.is_(None), Letter.attempts < ATTEMPTS_MAX
    )
    return db.session.scalar(waiting) or 0


def purge_sent() -> int:
    """Forget letters that were sent a week ago, or could not be sent; return how many."""
    done = sa.or_(
        Letter.sent_at < now() - KEEP_SENT,
        sa.and_(Letter.attempts >= ATTEMPTS_MAX, Letter.created_at < now() - KEEP_SENT),
    )
    return database.delete_in_batches(db.session, Letter, done)


def _claim() -> Any:
    """Take one letter that is due, for the length of a lease, in one statement."""
    moment = now()
    due = (
        sa.select(Letter.id)
        .where(Letter.sent_at.is_(None), Letter.due_at <= moment, Letter.attempts < ATTEMPTS_MAX)
        .order_by(Letter.due_at, Letter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claim = (
        sa.update(Letter)
        .where(Letter.id == due.scalar_subquery())
        .values(due_at=moment + LEASE, attempts=Letter.attempts + 1)
        .returning(Letter.id, Letter.kind, Letter.address, Letter.attempts)
        .execution_options(synchronize_session=False)
    )
    letter = db.session.execute(claim).first()
    db.session.commit()
    return letter


def _send(letter: Any, gateway: MailGateway) -> bool:
    facts = _composers[letter.kind](letter.address)
    db.session.commit()  # a token that the letter carries must be there when it arrives
    if facts is None:
        _drop(letter)
        return False
    try:
        gateway.send(_message(letter, facts))
    except (OSError, ValueError) as error:  # ValueError: an old address that no header can hold
        wait = timedelta(minutes=2**letter.attempts)
        logger.warning("letter %s not sent, again in %s: %s", letter.id, wait, type(error).__name__)
        _mark(letter, due_at=now() + wait)
        return False
    _mark(letter, sent_at=now())
    return True


def _message(letter: Any, facts: dict[str, Any]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = facts["subject"]
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = letter.address
    message.set_content(render_template(f"mail/{letter.kind}.txt", **facts))
    message.add_alternative(render_template(f"mail/{letter.kind}.html", **facts), subtype="html")
    return message


def _mark(letter: Any, **values: Any) -> None:
    db.session.execute(sa.update(Letter).where(Letter.id == letter.id).values(**values))
    db.session.commit()


def _drop(letter: Any) -> None:
    db.session.execute(sa.delete(Letter).where(Letter.id == letter.id))
    db.session.commit()
