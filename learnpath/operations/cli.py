"""The commands `flask doctor`, `permissions`, `purge` and `backup`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from .. import rate_limits
from ..auth import services as auth
from ..auth import sessions
from ..auth.recovery import services
from ..cli import as_json, coloured, examples, handle_errors, print_json
from ..db import db
from ..enrollments import invitations
from ..mail import services as mail
from .backup import BackupFailed, create_backup
from .doctor import examine

PURGE_TASKS = {
    "expired sessions": sessions.purge_sessions,
    "expired reset and verification tokens": services.purge_tokens,
    "addresses of old logins": auth.purge_known_ips,
    "counters of failed logins and the like": rate_limits.purge,
    "sent emails": mail.purge_sent,
    "expired invitations": invitations.purge_invitations,
}


@click.command("doctor")
@as_json
@with_appcontext
@handle_errors
@examples("flask doctor", "flask doctor --json")
def doctor(as_json: bool) -> None:
    """Check this installation.

    Exits with status 1 if a finding needs action.
    """
    findings = list(examine())
    is_healthy = not any(finding.advice for finding in findings)
    if as_json:
        rows = [finding._asdict() for finding in findings]
        print_json({"healthy": is_healthy, "findings": rows})
    else:
        for question, answer, advice in findings:
            mark = coloured("!!", "red") if advice else coloured("ok", "green")
            click.echo(f"{mark}  {question}: {answer}" + (f". {advice}" if advice else ""))
    sys.exit(0 if is_healthy else 1)


@click.command("permissions")
@as_json
@with_appcontext
@handle_errors
@examples("flask permissions", "flask permissions --json")
def permissions(as_json: bool) -> None:
    """Print the permission of each endpoint, and its holders.

    The columns are method, URL, permission and holders.
    """
    rows = list(_permissions_of_views())
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo("{method:<7} {address:<45} {permission:<20} {holders}".format_map(row))


def _permissions_of_views() -> Iterator[dict[str, str]]:
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = current_app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            handler = getattr(getattr(view, "view_class", None), method.lower(), view)
            if hasattr(handler, "permission"):
                yield {
                    "method": method,
                    "address": rule.rule,
                    "permission": handler.permission.name if handler.permission else "public",
                    "holders": str(handler.permission or "anyone"),
                }


@click.command("purge")
@as_json
@with_appcontext
@handle_errors
@examples("flask purge", "flask purge --json")
def purge(as_json: bool) -> None:
    """Delete expired rows, in batches.

    Run it once a day. It deletes nothing while READ_ONLY is set.
    """
    tasks = {} if current_app.config["READ_ONLY"] else PURGE_TASKS
    if not tasks:
        click.echo("Nothing is thrown away while READ_ONLY is set.", err=True)
    purged = {}
    for kind, delete in tasks.items():
        purged[kind] = delete()
        if not as_json:
            click.echo(f"{purged[kind]} {kind}")
    if as_json:
        print_json(purged)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
@handle_errors
@examples("flask backup /var/backups/learnpath-monday.db")
def backup(file: Path) -> None:
    """Copy the SQLite database to FILE while the service runs.

    The copy holds every transaction committed before, and is verified before it gets its name.
    For PostgreSQL use pg_dump, see docs/operating/backup.md.
    """
    if db.engine.dialect.name != "sqlite":
        raise click.ClickException("This copies SQLite only; for PostgreSQL use pg_dump.")
    try:
        create_backup(file)
    except BackupFailed as failure:
        raise click.ClickException(str(failure)) from None
    click.echo(f"{file}: {file.stat().st_size} bytes, verified")


commands = (doctor, permissions, purge, backup)
