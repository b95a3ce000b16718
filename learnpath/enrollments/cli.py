"""`flask enrollments …`: put whole classes on paths."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path as FilePath

import click
from flask.cli import AppGroup

from ..commands import plain_refusals
from ..extensions import db
from . import bulk, services
from .models import NOTE_MAX

COLUMNS = ("email", "path", "due_at", "note")
BATCH = 200

enrollments = AppGroup("enrollments", help="Enroll whole classes.")


@enrollments.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=FilePath))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@plain_refusals
def import_enrollments(file: FilePath, dry_run: bool) -> None:
    """Enroll the people in FILE, a CSV with the columns email, path and if need be due_at, note.

    Who has no account is invited. Each row gets a result; doing it again changes nothing.
    """
    wanted = _read(file)
    outcomes: Counter[str] = Counter()
    allowed = services.all_paths()
    with click.progressbar(length=len(wanted), label="Enrollments") as bar:
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            for offset, result in enumerate(bulk.enroll_all(batch, by=None, may_enroll_in=allowed)):
                outcomes[result["result"]] += 1
                if result["reason"]:
                    click.echo(f"  line {start + offset + 2}: {result['reason']}")
            bar.update(len(batch))
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    click.echo(", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())))
    if dry_run:
        click.echo("This was a dry run; nothing was changed.")


def _read(file: FilePath) -> list[bulk.Wish]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if not {"email", "path"} <= set(rows.fieldnames or ()):
                raise click.ClickException(f"{file} needs the columns email and path.")
            return [_wish(file, number, row) for number, row in enumerate(rows, start=2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{file} cannot be read: {error}.") from None


def _wish(file: FilePath, line: int, row: dict[str, str | None]) -> bulk.Wish:
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if len(values["note"]) > NOTE_MAX:
        raise click.ClickException(f"{file}, line {line}: the note is longer than {NOTE_MAX}.")
    return bulk.Wish(
        email=values["email"],
        path=values["path"],
        due_at=_moment(file, line, values["due_at"]),
        note=values["note"] or None,
    )


def _moment(file: FilePath, line: int, text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"{file}, line {line}: {text} is not a time.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
