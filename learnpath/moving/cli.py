"""`flask users import`: take over the accounts of the customer's earlier service."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from ..commands import as_json, examples, plain_refusals, print_report, progress_bar
from ..extensions import db
from ..users.cli import users
from . import services
from .source import BadSourceError, count_rows, open_source, read_rows


@users.command("import")
@click.option("--from", "url", required=True, help="DATABASE_URL of the earlier service.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@as_json
@plain_refusals
@examples(
    "flask users import --from sqlite:////srv/old/app.db --dry-run",
    "flask users import --from postgresql://reader:secret@db/old",
)
def import_users(url: str, dry_run: bool, as_json: bool) -> None:
    """Take accounts over from the earlier service.

    Their progress comes along; ids, dates and passwords stay what they were.
    Rows that had to be rewritten or skipped are listed with the reason. Everything is
    written in one transaction. If one of the ids is in use here, nothing is changed.
    """
    outcomes: Counter[str] = Counter()
    notes: list[dict[str, Any]] = []
    try:
        with open_source(url) as source:
            length = count_rows(source)
            moved = services.move_in(read_rows(source))
            with progress_bar(moved, length=length, label="Users") as bar:
                for user_id, outcome, reason in bar:
                    outcomes[outcome] += 1
                    if reason:
                        notes.append({"id": user_id, "outcome": outcome, "reason": reason})
    except BadSourceError as error:
        raise click.ClickException(str(error)) from None
    if dry_run:
        db.session.rollback()
    else:
        services.continue_ids_after_the_last()
        db.session.commit()
    if as_json:
        print_report(outcomes, notes, dry_run=dry_run)
        return
    for note in notes:
        line = f"  {note['outcome']} {note['id']!r}: {note['reason']}"
        click.echo(line.encode("ascii", "backslashreplace").decode(), err=True)
    summary = ", ".join(f"{outcomes[name]} {name}" for name in ("taken", "rewritten", "skipped"))
    click.echo(
        f"{summary}. {'This was a dry run; nothing was changed.' if dry_run else ''}".strip()
    )
