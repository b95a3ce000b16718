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

from ..commands import plain_refusals
from ..extensions import db
from ..users import services as users
from ..users.models import User
from . import batches
from .checking import Fault, check_progress
from .schemas import OfflineEventSchema
from .writing import Reporter, fingerprint

COLUMNS = ("email", "module_id", "occurred_at")
NUMBERS = {"percent": int, "score": float, "time_spent_delta": int}

progress = AppGroup("progress", help="Bring in past progress, and prove what is stored.")


@progress.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@plain_refusals
def import_progress(file: Path, dry_run: bool) -> None:
    """Take in the events in FILE, a CSV with the columns email, module_id and occurred_at.

    It may also have id, status (completed unless it says else), percent, score and
    time_spent_delta. Doing it again changes nothing: what is known already is a duplicate.
    """
    by_email: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    for line, row in _rows(file):
        by_email[(row.get("email") or "").strip()].append((line, _item(row)))
    outcomes: Counter[str] = Counter()
    with click.progressbar(by_email.items(), label="Learners") as bar:
        for email, items in bar:
            for line, result in _take_in(email, items):
                outcomes[result["result"]] += 1
                if result["reason"]:
                    click.echo(f"  line {line}: {result['result']}: {result['reason']}", err=True)
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    click.echo(", ".join(f"{outcomes[name]} {name}" for name in batches.RESULTS))
    if dry_run:
        click.echo("This was a dry run; nothing was changed.")


@progress.command("check")
@click.option("--fix", is_flag=True, help="Write what is off anew, from the events.")
def check(fix: bool) -> None:
    """Prove every stored record against its events; exit status 1 if one is off."""
    length = db.session.scalar(sa.select(sa.func.count()).select_from(User)) or 0
    faults: list[Fault] = []
    with click.progressbar(length=length, label="Learners") as bar:
        for found in check_progress(fix=fix):
            if isinstance(found, Fault):
                faults.append(found)
            else:
                bar.update(found)
    for fault in faults:
        click.echo(f"user {fault.user_id}, module {fault.module}: {fault.reason}")
    click.echo(f"{len(faults)} faults{', mended' if fix and faults else ''}")
    if faults and not fix:
        raise click.exceptions.Exit(1)


def _rows(file: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if not set(COLUMNS) <= set(rows.fieldnames or ()):
                raise click.ClickException(f"{file} needs the columns {', '.join(COLUMNS)}.")
            return list(enumerate(rows, start=2))
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
                return batches.BadItem(said["id"], f"{name}: {text} is not a number.")
    try:
        return OfflineEventSchema(many=True).load([said])[0]
    except ma.ValidationError as error:
        return batches.BadItem(said["id"], str(error))


def _take_in(email: str, items: list[tuple[int, Any]]) -> list[tuple[int, dict[str, Any]]]:
    user = users.find_user_by_email(email)
    if user is None:
        refused = {"id": None, "result": batches.REJECTED, "reason": f"no account for {email}"}
        return [(line, refused) for line, _item in items]
    by = Reporter(user_id=None, is_trusted=True)
    results = batches.take_in(user.id, [item for _line, item in items], by)
    return [(line, result) for (line, _item), result in zip(items, results, strict=True)]
