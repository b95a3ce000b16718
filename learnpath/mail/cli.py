"""`flask mail …`: send queued emails without a thread."""

import click
from flask import current_app
from flask.cli import AppGroup

from ..cli import as_json, examples, handle_errors, print_json
from . import services

mail = AppGroup("mail", help="Send queued emails.")


@mail.command("deliver")
@as_json
@handle_errors
@examples("flask mail deliver", "flask mail deliver --json")
def deliver(as_json: bool) -> None:
    """Send every email that is due, then exit.

    With MAIL_SENDER=command, run it every minute with cron or a systemd timer.
    """
    if not current_app.config["MAIL_URL"]:
        raise click.ClickException("MAIL_URL is not set, so no mail can be sent.")
    sent, waiting = services.deliver(), services.count_waiting()
    if as_json:
        print_json({"sent": sent, "waiting": waiting})
    else:
        click.echo(f"{sent} sent, {waiting} waiting")
