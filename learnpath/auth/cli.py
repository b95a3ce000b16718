"""`flask users reset-link`: a password reset without email."""

import click
from flask import current_app

from ..cli import examples, handle_errors
from ..db import db
from ..emails import canonicalize
from ..mail.links import token_link
from ..observability import audit
from ..users.cli import users
from .recovery.services import RESET, issue_token


@users.command("reset-link")
@click.argument("email")
@handle_errors
@examples("flask users reset-link ada@example.org")
def reset_link(email: str) -> None:
    """Print a password reset link for the account EMAIL.

    It works once. Without LINK_URL the command prints only the token, for
    `POST /api/v1/auth/password/reset`.
    """
    issued = issue_token(RESET, canonicalize(email))
    if issued is None:
        raise click.ClickException(f"There is no active account for {email}.")
    token, account = issued
    db.session.commit()
    audit.log("reset.issued", user_id=account.id)
    click.echo(token_link(RESET, token) or token)
    minutes = current_app.config["RESET_TOKEN_MINUTES"]
    click.echo(f"Valid once, for {minutes} minutes.", err=True)
