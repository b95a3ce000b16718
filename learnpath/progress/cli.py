"""`flask progress …`: import past progress, and check what is stored."""

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import click
import marshmallow as ma
import sqlalchemy as sa
from flask.cli import AppGroup

from ..cli import as_json, examples, handle_errors, print_json, print_report, progress_bar
from ..db import db
from ..emails import canonicalize
from ..users import services as users
from ..users.models import User
from ..web.fields import LookupEmail
from .backfill import IMPORT
from .events import ingest
from .events.schemas import BATCH_MAX, OfflineEventSchema
from .integrity import Inconsistency, check_progress
from .store import content_hash

COLUMNS = ("email", "module_id", "occurred_at")
NUMBERS = {"percent": int, "score": float, "time_spent_delta": int}

progress = AppGroup("progress", help="Import past progress, and check what is stored.")


@progress.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the results and change nothing.")
@as_json
@handle_errors
@examples("flask progress import history.csv --dry-run", "flask progress import history.csv --json")
def import_progress(file: Path, dry_run: bool, as_json: bool) -> None:
    """Import the events in FILE.

    FILE is a CSV with the columns email, module_id and occurred_at. It may also have id, status
    (completed by default), percent, score and time_spent_delta. It is safe to repeat: events that
    are stored already count as duplicates. Each learner is a transaction of its own, so the
    service can run at the same time.
    """
    by_email: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    for line, row in _rows(file):
        by_email[canonicalize(row.get("email") or "")].append((line, _item(row)))
    outcomes: Counter[str] = Counter()
    notes: list[dict[str, Any]] = []
    with progress_bar(by_email.items(), label="Learners") as bar:
        for email, items in bar:
            for line, result in _ingest(email, items):
                outcomes[result["result"]] += 1
                if result["reason"]:
                    reason = f"{result['result']}: {result['reason']}"
                    notes.append({"line": line, "reason": reason})
            db.session.rollback() if dry_run else db.session.commit()
    if as_json:
        print_report(outcomes, notes, dry_run=dry_run)
        return
    for note in notes:
        click.echo(f"  line {note['line']}: {note['reason']}", err=True)
    click.echo(", ".join(f"{outcomes[name]} {name}" for name in ingest.RESULTS))
    if dry_run:
        click.echo("This was a dry run; nothing was changed.")


@progress.command("check")
@click.option("--fix", is_flag=True, help="Rebuild wrong rows from the events.")
@as_json
@handle_errors
@examples("flask progress check", "flask progress check --fix", "flask progress check --json")
def check(fix: bool, as_json: bool) -> None:
    """Check all progress and all enrollments against the events.

    Exit status 1 if something is inconsistent and was not fixed.
    """
    length = db.session.scalar(sa.select(sa.func.count()).select_from(User)) or 0
    problems: list[Inconsistency] = []
    with progress_bar(length=length, label="Learners") as bar:
        for item in check_progress(fix=fix):
            if isinstance(item, Inconsistency):
                problems.append(item)
            else:
                bar.update(item)
    if as_json:
        print_json({"mended": fix, "faults": [problem._asdict() for problem in problems]})
    else:
        for problem in problems:
            click.echo(f"user {problem.user_id}, {problem.what}: {problem.reason}")
        click.echo(f"{len(problems)} inconsistencies{', repaired' if fix and problems else ''}")
    if problems and not fix:
        raise click.exceptions.Exit(1)


def _rows(file: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if not set(COLUMNS) <= set(rows.fieldnames or ()):
                raise click.ClickException(f"{file} needs the columns {', '.join(COLUMNS)}.")
            return [(rows.line_num, row) for row in rows]
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{file} cannot be read: {error}.") from None


def _item(row: dict[str, str]) -> Any:
    """Return a row as an item of a batch, an InvalidEvent if it is not valid."""
    event: dict[str, Any] = {
        name: (row.get(name) or "").strip() for name in ("id", "module_id", "occurred_at", "status")
    }
    event["status"] = event["status"] or "completed"
    event["id"] = event["id"] or f"import:{content_hash(event['module_id'], event)[:40]}"
    for name, number in NUMBERS.items():
        if text := (row.get(name) or "").strip():
            try:
                event[name] = number(text)
            except ValueError:
                return ingest.InvalidEvent(event["id"], f"{name}: {text[:40]} is not a number.")
    return OfflineEventSchema(many=True).load([event])[0]


def _ingest(email: str, items: list[tuple[int, Any]]) -> list[tuple[int, dict[str, Any]]]:
    lines, events = zip(*items, strict=True)
    try:
        user_id = users.get_user_by_email(LookupEmail().deserialize(email)).id
    except (ma.ValidationError, users.UserNotFound) as error:
        rejected = {"id": None, "result": ingest.REJECTED, "reason": f"email: {error}"}
        return [(line, rejected) for line in lines]
    results: list[dict[str, Any]] = []
    for start in range(0, len(items), BATCH_MAX):
        results += ingest.ingest_events(user_id, events[start : start + BATCH_MAX], IMPORT)
    return list(zip(lines, results, strict=True))
