"""`flask progress …`: bring in what happened elsewhere, and prove what is stored."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import click
import marshmallow as ma
import sqlalchemy as sa
from flask.cli import AppGroup

from ..commands import (
    as_json,
    examples,
    plain_refusals,
    print_json,
    print_report,
    progress_bar,
)
from ..emails import canonical
from ..extensions import db
from ..fields import EmailOfSomebody
from ..users import services as users
from ..users.models import User
from . import batches
from .checking import Fault, check_progress
from .event_schemas import BATCH_MAX, OfflineEventSchema
from .writing import Reporter, fingerprint

COLUMNS = ("email", "module_id", "occurred_at")
NUMBERS = {"percent": int, "score": float, "time_spent_delta": int}

progress = AppGroup("progress", help="Bring in past progress, and prove what is stored.")


@progress.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@as_json
@plain_refusals
@examples(
    "flask progress import history.csv --dry-run",
    "flask progress import history.csv --json",
)
def import_progress(file: Path, dry_run: bool, as_json: bool) -> None:
    """Take in the events in FILE.

    FILE is a CSV with the columns email, module_id and occurred_at. It may also have id, status
    (completed unless it says else), percent, score and time_spent_delta. Doing it again changes
    nothing: what is known already is a duplicate. Learner by learner, so that the service goes
    on meanwhile.
    """
    by_email: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    for line, row in _rows(file):
        by_email[canonical(row.get("email") or "")].append((line, _item(row)))
    outcomes: Counter[str] = Counter()
    notes: list[dict[str, Any]] = []
    with progress_bar(by_email.items(), label="Learners") as bar:
        for email, items in bar:
            results = _take_in(email, items)
            db.session.rollback() if dry_run else db.session.commit()
            for line, result in results:
                outcomes[result["result"]] += 1
                if result["reason"]:
                    why = f"{result['result']}: {result['reason']}"
                    notes.append({"line": line, "reason": why})
    if as_json:
        print_report(outcomes, notes, dry_run=dry_run)
        return
    for note in notes:
        click.echo(f"  line {note['line']}: {note['reason']}", err=True)
    click.echo(", ".join(f"{outcomes[name]} {name}" for name in batches.RESULTS))
    if dry_run:
        click.echo("This was a dry run; nothing was changed.")


@progress.command("check")
@click.option("--fix", is_flag=True, help="Write what is off anew, from what happened.")
@as_json
@plain_refusals
@examples("flask progress check", "flask progress check --fix", "flask progress check --json")
def check(fix: bool, as_json: bool) -> None:
    """Prove what is stored against what happened.

    It looks at every record of progress and every enrollment. Exit status 1 if one is off and
    was not mended.
    """
    length = db.session.scalar(sa.select(sa.func.count()).select_from(User)) or 0
    faults: list[Fault] = []
    with progress_bar(length=length, label="Learners") as bar:
        for found in check_progress(fix=fix):
            if isinstance(found, Fault):
                faults.append(found)
            else:
                bar.update(found)
    if as_json:
        print_json({"mended": fix, "faults": [fault._asdict() for fault in faults]})
    else:
        for fault in faults:
            click.echo(f"user {fault.user_id}, {fault.what}: {fault.reason}")
        click.echo(f"{len(faults)} faults{', mended' if fix and faults else ''}")
    if faults and not fix:
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
    """Return a row as an event of a batch; a bad one as a BadItem."""
    said: dict[str, Any] = {
        name: (row.get(name) or "").strip() for name in ("id", "module_id", "occurred_at", "status")
    }
    said["status"] = said["status"] or "completed"
    said["id"] = said["id"] or f"import:{fingerprint(said['module_id'], said)[:40]}"
    for name, number in NUMBERS.items():
        text = (row.get(name) or "").strip()
        if text:
            try:
                said[name] = number(text)
            except ValueError:
                return batches.BadItem(said["id"], f"{name}: {text[:40]} is not a number.")
    try:
        return OfflineEventSchema(many=True).load([said])[0]
    except ma.ValidationError as error:
        return batches.BadItem(said["id"], str(error))


def _take_in(email: str, items: list[tuple[int, Any]]) -> list[tuple[int, dict[str, Any]]]:
    lines = [line for line, _item in items]
    try:
        user_id = users.get_user_by_email(EmailOfSomebody().deserialize(email)).id
    except (ma.ValidationError, users.UserNotFound) as refusal:
        refused = {"id": None, "result": batches.REJECTED, "reason": f"email: {refusal}"}
        return [(line, refused) for line in lines]
    by = Reporter(user_id=None, is_trusted=True)
    results: list[dict[str, Any]] = []
    for start in range(0, len(items), BATCH_MAX):
        some = [item for _line, item in items[start : start + BATCH_MAX]]
        results += batches.take_in(user_id, some, by)
    return list(zip(lines, results, strict=True))
