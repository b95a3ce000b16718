"""`flask mail …`: send what is queued without a thread."""

import click
from flask import current_app
from flask.cli import AppGroup

from ..commands import as_json, examples, plain_refusals, print_json
from . import services

mail = AppGroup("mail", help="Send queued mail.")


@mail.command("deliver")
@as_json
@plain_refusals
@examples("flask mail deliver", "flask mail deliver --json")
def deliver(as_json: bool) -> None:
    """Send every letter that is due, then stop.

    Let cron run it every minute, with MAIL_SENDER=command.
    """
    if not current_app.config["MAIL_URL"]:
        raise click.ClickException("MAIL_URL is not set, so no mail can be sent.")
    sent, waiting = services.deliver(), services.count_waiting()
    if as_json:
        print_json({"sent": sent, "waiting": waiting})
    else:
        click.echo(f"{sent} sent, {waiting} waiting")
