"""`flask users reset-link`: a new password for somebody, without mail."""

from __future__ import annotations

import click
from flask import current_app

from .. import audit
from ..commands import examples, plain_refusals
from ..emails import canonical
from ..extensions import db
from ..users.cli import users
from .recovery import RESET, issue_token


@users.command("reset-link")
@click.argument("email")
@plain_refusals
@examples("flask users reset-link ada@example.org")
def reset_link(email: str) -> None:
    """Print a link to a new password for EMAIL.

    Give it to them; it works once. Where PASSWORD_RESET_URL is not set it is a bare token, for
    `POST /api/v1/auth/password/reset`.
    """
    issued = issue_token(RESET, canonical(email))
    if issued is None:
        raise click.ClickException(f"There is no active account for {email}.")
    token, account = issued
    db.session.commit()
    audit.note("reset.issued", user_id=account.id)
    page = current_app.config["PASSWORD_RESET_URL"]
    click.echo(page.replace("{token}", token) if page else token)
    minutes = current_app.config["RESET_TOKEN_MINUTES"]
    click.echo(f"Good once, for {minutes} minutes.", err=True)
