"""`flask enrollments …`: put whole classes on paths."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Any

import click
import marshmallow as ma
from flask.cli import AppGroup

from .. import emails
from ..commands import as_json, examples, plain_refusals, print_report, progress_bar, sentence
from ..emails import EMAIL_MAX
from ..extensions import db
from ..fields import PATH_SLUG_MAX, Text, rfc3339
from . import bulk, services
from .schemas import EnrollmentChangesSchema

COLUMNS = ("email", "path", "due_at", "note")

enrollments = AppGroup("enrollments", help="Enroll whole classes.")


class RowSchema(EnrollmentChangesSchema):
    """One row of the file: one person on one path."""

    email = Text(max=EMAIL_MAX, required=True)
    path = Text(max=PATH_SLUG_MAX, required=True)


@enrollments.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=FilePath))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@as_json
@plain_refusals
@examples(
    "flask enrollments import class.csv --dry-run",
    "flask enrollments import class.csv --json",
)
def import_enrollments(file: FilePath, dry_run: bool, as_json: bool) -> None:
    """Enroll the people in FILE.

    FILE is a CSV with the columns email, path and if need be due_at, note. Who has no account
    is invited. Each row gets a result; doing it again changes nothing. Person by person, so
    that the service goes on meanwhile.
    """
    by_person: dict[str, list[tuple[int, bulk.Wish]]] = defaultdict(list)
    for line, wish in _read(file):
        by_person[emails.canonical(wish.email)].append((line, wish))
    outcomes: Counter[str] = Counter()
    notes: list[dict[str, Any]] = []
    allowed = services.all_paths()
    with progress_bar(by_person.values(), label="People") as bar:
        for rows in bar:
            wanted = [wish for _line, wish in rows]
            results = bulk.enroll_all(wanted, by=None, may_enroll_in=allowed)
            db.session.rollback() if dry_run else db.session.commit()
            for (line, _wish), result in zip(rows, results, strict=True):
                outcomes[result["result"]] += 1
                if result["reason"]:
                    notes.append({"line": line, "reason": result["reason"]})
    if as_json:
        print_report(outcomes, notes, dry_run=dry_run)
        return
    for note in notes:
        click.echo(f"  line {note['line']}: {note['reason']}", err=True)
    click.echo(", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())))
    if dry_run:
        click.echo("This was a dry run; nothing was changed.")


def _read(file: FilePath) -> list[tuple[int, bulk.Wish]]:
    """Return every row with its line; a bad one refuses the whole file."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if not {"email", "path"} <= set(rows.fieldnames or ()):
                raise click.ClickException(f"{file} needs the columns email and path.")
            return [(rows.line_num, _wish(row)) for row in rows]
    except ma.ValidationError as error:
        why = sentence(error.messages_dict)
        raise click.ClickException(f"{file}, line {rows.line_num}: {why}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{file} cannot be read: {error}.") from None


def _wish(row: dict[str, str | None]) -> bulk.Wish:
    said = {name: text for name in COLUMNS if (text := (row.get(name) or "").strip())}
    if "due_at" in said:
        said["due_at"] = _moment(said["due_at"])
    return bulk.Wish(**RowSchema().load(said))


def _moment(text: str) -> str:
    """Return a date or a time, in UTC unless it says else, as the schema takes it."""
    try:
        moment = datetime.fromisoformat(text)
        return rfc3339(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
    except (ValueError, OverflowError):
        raise ma.ValidationError({"due_at": [f"{text} is not a time."]}) from None
