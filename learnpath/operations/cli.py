"""`flask doctor`, `permissions`, `purge` and `backup`: for whoever runs the service."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from .. import throttle
from ..auth import recovery, sessions
from ..auth import services as auth
from ..commands import as_json, coloured, examples, plain_refusals, print_json
from ..enrollments import invitations
from ..extensions import db
from ..mail import services as mail
from ..permissions import Permission
from .backup import BackupFailed, back_up
from .doctor import examine

PURGED = {
    "expired sessions": sessions.purge_sessions,
    "expired reset and verification tokens": recovery.purge_tokens,
    "addresses of old logins": auth.purge_known_addresses,
    "counters of failed logins and the like": throttle.purge,
    "sent letters": mail.purge_sent,
    "invitations that nobody took": invitations.purge_invitations,
}


@click.command("doctor")
@as_json
@with_appcontext
@plain_refusals
@examples("flask doctor", "flask doctor --json")
def doctor(as_json: bool) -> None:
    """Say whether this installation is healthy.

    Exit status 1 if something is to be done.
    """
    findings = list(examine())
    is_healthy = not any(finding.advice for finding in findings)
    if as_json:
        told = [finding._asdict() for finding in findings]
        print_json({"healthy": is_healthy, "findings": told})
        sys.exit(0 if is_healthy else 1)
    for question, answer, advice in findings:
        mark = coloured("!!", "red") if advice else coloured("ok", "green")
        click.echo(f"{mark}  {question}: {answer}" + (f". {advice}" if advice else ""))
    sys.exit(0 if is_healthy else 1)


@click.command("permissions")
@as_json
@with_appcontext
@plain_refusals
@examples("flask permissions", "flask permissions --json")
def permissions(as_json: bool) -> None:
    """Print who may do what.

    The columns are method, address, permission and its holders.
    """
    rows = [
        {
            "method": method,
            "address": address,
            "permission": permission.name if permission else "public",
            "holders": str(permission or "anyone"),
        }
        for method, address, permission in _marked_views()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo("{method:<7} {address:<45} {permission:<20} {holders}".format_map(row))


def _marked_views() -> Iterator[tuple[str, str, Permission | None]]:
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = current_app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            handler = getattr(getattr(view, "view_class", None), method.lower(), view)
            if hasattr(handler, "permission"):
                yield method, rule.rule, handler.permission


@click.command("purge")
@as_json
@with_appcontext
@plain_refusals
@examples("flask purge", "flask purge --json")
def purge(as_json: bool) -> None:
    """Throw away what has expired, in batches.

    Run it once a day. While READ_ONLY nothing is thrown away.
    """
    kinds = {} if current_app.config["READ_ONLY"] else PURGED
    if not kinds:
        click.echo("Nothing is thrown away while READ_ONLY is set.", err=True)
    thrown_away = {}
    for kind, purge_kind in kinds.items():
        thrown_away[kind] = purge_kind()
        if not as_json:
            click.echo(f"{thrown_away[kind]} {kind}")
    if as_json:
        print_json(thrown_away)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
@plain_refusals
@examples("flask backup /var/backups/learnpath-monday.db")
def backup(file: Path) -> None:
    """Copy the SQLite database to FILE while the service goes on.

    Everything that was acknowledged before is in the copy, which is examined before it gets its
    name. For PostgreSQL use pg_dump: docs/operating/backup.md tells how.
    """
    if db.engine.dialect.name != "sqlite":
        raise click.ClickException("This copies SQLite only; for PostgreSQL use pg_dump.")
    try:
        back_up(file)
    except BackupFailed as failure:
        raise click.ClickException(str(failure)) from None
    click.echo(f"{file}: {file.stat().st_size} bytes, examined")


commands = (doctor, permissions, purge, backup)
