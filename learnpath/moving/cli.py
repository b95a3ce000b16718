"""`flask users import`: take over the accounts of the customer's earlier service."""

from __future__ import annotations

from collections import Counter

import click

from ..commands import plain_refusals
from ..extensions import db
from ..users.cli import users
from . import services
from .source import BadSourceError, count_rows, open_source, read_rows


@users.command("import")
@click.option("--from", "url", required=True, help="DATABASE_URL of the earlier service.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@plain_refusals
def import_users(url: str, dry_run: bool) -> None:
    """Take accounts and progress over from the earlier service, with ids, dates and passwords.

    Rows that had to be rewritten or skipped are listed with the reason. Everything is
    written in one transaction. If one of the ids is in use here, nothing is changed.
    """
    outcomes: Counter[str] = Counter()
    notes: list[str] = []
    try:
        with open_source(url) as source:
            length = count_rows(source)
            moved = services.move_in(read_rows(source))
            with click.progressbar(moved, length=length, label="Users") as bar:
                for user_id, outcome, reason in bar:
                    outcomes[outcome] += 1
                    if reason:
                        notes.append(f"  {outcome} {user_id!r}: {reason}")
    except BadSourceError as error:
        raise click.ClickException(str(error)) from None
    if dry_run:
        db.session.rollback()
    else:
        services.continue_ids_after_the_last()
        db.session.commit()
    for line in notes:
        click.echo(line)
    summary = ", ".join(f"{outcomes[name]} {name}" for name in ("taken", "rewritten", "skipped"))
    click.echo(
        f"{summary}. {'This was a dry run; nothing was changed.' if dry_run else ''}".strip()
    )
