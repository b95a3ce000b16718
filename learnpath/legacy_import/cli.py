"""`flask users import`: import the accounts of the customer's earlier service."""

from collections import Counter
from typing import Any

import click

from ..cli import as_json, examples, handle_errors, print_report, progress_bar
from ..db import db
from ..users.cli import users
from . import services
from .source import BadSourceError, count_rows, open_source, read_rows


@users.command("import")
@click.option("--from", "url", required=True, help="DATABASE_URL of the earlier service.")
@click.option("--dry-run", is_flag=True, help="Print what would happen without changing anything.")
@as_json
@handle_errors
@examples(
    "flask users import --from sqlite:////srv/old/app.db --dry-run",
    "flask users import --from postgresql://reader:secret@db/old",
)
def import_users(url: str, dry_run: bool, as_json: bool) -> None:
    """Import accounts and progress from the earlier service.

    Ids, dates and passwords stay the same. Rows that had to be rewritten or skipped are
    listed with the reason. Everything is written in one transaction; if one of the ids is
    already in use here, nothing is changed.
    """
    outcomes: Counter[str] = Counter()
    notes: list[dict[str, Any]] = []
    try:
        with open_source(url) as source:
            length = count_rows(source)
            imported = services.import_users(read_rows(source))
            with progress_bar(imported, length=length, label="Users") as bar:
                for user_id, outcome, reason in bar:
                    outcomes[outcome] += 1
                    if reason:
                        notes.append({"id": user_id, "outcome": outcome, "reason": reason})
    except BadSourceError as error:
        raise click.ClickException(str(error)) from None
    if dry_run:
        db.session.rollback()
    else:
        services.reset_id_sequence()
        db.session.commit()
    if as_json:
        print_report(outcomes, notes, dry_run=dry_run)
        return
    for note in notes:
        line = f"  {note['outcome']} {note['id']!r}: {note['reason']}"
        click.echo(line.encode("ascii", "backslashreplace").decode(), err=True)
    summary = ", ".join(f"{outcomes[name]} {name}" for name in ("imported", "rewritten", "skipped"))
    click.echo(f"{summary}." + (" This was a dry run; nothing was changed." if dry_run else ""))
