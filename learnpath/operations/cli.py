"""`flask doctor`, `flask permissions` and `flask purge`: for whoever runs the service."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import with_appcontext

from .. import throttle
from ..auth import recovery, sessions
from ..auth import services as auth
from ..enrollments import invitations
from ..mail import services as mail
from ..permissions import Permission
from .doctor import examine


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say whether this installation is healthy; exit status 1 if something is to be done."""
    is_healthy = True
    for question, answer, advice in examine():
        mark = click.style("ok", fg="green") if not advice else click.style("!!", fg="red")
        click.echo(f"{mark}  {question}: {answer}" + (f". {advice}" if advice else ""))
        is_healthy = is_healthy and not advice
    sys.exit(0 if is_healthy else 1)


@click.command("permissions")
@with_appcontext
def permissions() -> None:
    """Print who may do what: method, address, permission and its holders."""
    for method, address, permission in _marked_views():
        name = permission.name if permission else "public"
        click.echo(f"{method:<7} {address:<45} {name:<20} {permission or 'anyone'}")


def _marked_views() -> Iterator[tuple[str, str, Permission | None]]:
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = current_app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            handler = getattr(getattr(view, "view_class", None), method.lower(), view)
            if hasattr(handler, "permission"):
                yield method, rule.rule, handler.permission


@click.command("purge")
@with_appcontext
def purge() -> None:
    """Throw away what has expired, in batches; run it once a day."""
    click.echo(f"{sessions.purge_sessions()} expired sessions")
    click.echo(f"{recovery.purge_tokens()} expired reset and verification tokens")
    click.echo(f"{auth.purge_known_addresses()} addresses of old logins")
    click.echo(f"{throttle.purge()} counters of failed logins and the like")
    click.echo(f"{mail.purge_sent()} sent letters")
    click.echo(f"{invitations.purge_invitations()} invitations that nobody took")


commands = (doctor, permissions, purge)
