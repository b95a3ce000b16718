"""`flask enrollments …`: enroll many people at once."""

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Any

import click
import marshmallow as ma
from flask.cli import AppGroup

from .. import emails
from ..cli import as_json, examples, format_errors, handle_errors, print_report, progress_bar
from ..clock import rfc3339
from ..db import db
from ..emails import EMAIL_MAX
from ..slugs import PATH_SLUG_MAX
from ..web.fields import Text
from . import bulk, services
from .schemas import EnrollmentChangesSchema

COLUMNS = ("email", "path", "due_at", "note")

enrollments = AppGroup("enrollments", help="Enroll many people at once.")


class RowSchema(EnrollmentChangesSchema):
    """A row of the file: one person and one path."""

    email = Text(max=EMAIL_MAX, required=True)
    path = Text(max=PATH_SLUG_MAX, required=True)


@enrollments.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=FilePath))
@click.option("--dry-run", is_flag=True, help="Print what would happen, and change nothing.")
@as_json
@handle_errors
@examples(
    "flask enrollments import class.csv --dry-run", "flask enrollments import class.csv --json"
)
def import_enrollments(file: FilePath, dry_run: bool, as_json: bool) -> None:
    """Enroll the people in FILE.

    FILE is a CSV with the columns email, path and, optionally, due_at and note. People
    without an account are invited. Each row gets a result; importing it again changes
    nothing. Each person is committed separately, so that no lock is held for long.
    """
    by_person: dict[str, list[tuple[int, bulk.BulkRequest]]] = defaultdict(list)
    for line, request in _read_requests(file):
        by_person[emails.canonicalize(request.email)].append((line, request))
    outcomes: Counter[str] = Counter()
    notes: list[dict[str, Any]] = []
    allowed = services.list_path_slugs()
    with progress_bar(by_person.values(), label="People") as bar:
        for rows in bar:
            requests = [request for _line, request in rows]
            results = bulk.enroll_all(requests, by=None, may_enroll_in=allowed)
            db.session.rollback() if dry_run else db.session.commit()
            for (line, _request), result in zip(rows, results, strict=True):
                outcomes[result["result"]] += 1
                if "reason" in result:
                    notes.append({"line": line, "reason": result["reason"]})
    if as_json:
        print_report(outcomes, notes, dry_run=dry_run)
        return
    for note in notes:
        click.echo(f"  line {note['line']}: {note['reason']}", err=True)
    click.echo(", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())))
    if dry_run:
        click.echo("This was a dry run; nothing was changed.")


def _read_requests(file: FilePath) -> list[tuple[int, bulk.BulkRequest]]:
    """Return every row with its line; an invalid row refuses the whole file."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if not {"email", "path"} <= set(rows.fieldnames or ()):
                raise click.ClickException(f"{file} needs the columns email and path.")
            return [(rows.line_num, _to_request(row)) for row in rows]
    except ma.ValidationError as error:
        why = format_errors(error.messages_dict)
        raise click.ClickException(f"{file}, line {rows.line_num}: {why}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{file} cannot be read: {error}.") from None


def _to_request(row: dict[str, str | None]) -> bulk.BulkRequest:
    values = {name: text for name in COLUMNS if (text := (row.get(name) or "").strip())}
    if "due_at" in values:
        values["due_at"] = _parse_due_at(values["due_at"])
    return bulk.BulkRequest(**RowSchema().load(values))


def _parse_due_at(text: str) -> str:
    """Return a date or a time, by default in UTC, in the format of the schema."""
    try:
        moment = datetime.fromisoformat(text)
        return rfc3339(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
    except (ValueError, OverflowError):
        raise ma.ValidationError({"due_at": [f"{text} is not a time."]}) from None
