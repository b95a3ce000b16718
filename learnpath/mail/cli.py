"""`flask mail …`: send what is queued without a thread."""

import click
from flask import current_app
from flask.cli import AppGroup

from . import services

mail = AppGroup("mail", help="Send queued mail.")


@mail.command("deliver")
def deliver() -> None:
    """Send every letter that is due, then stop; for cron with MAIL_SENDER=command."""
    if not current_app.config["MAIL_URL"]:
        raise click.ClickException("MAIL_URL is not set, so no mail can be sent.")
    click.echo(f"{services.deliver()} sent, {services.count_waiting()} waiting")
