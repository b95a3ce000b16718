"""`flask paths …`: bring paths in and out as YAML, and check them."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

import click
from flask.cli import AppGroup

from ..commands import as_json, examples, plain_refusals, print_json
from ..extensions import db
from ..users import services as users
from . import authoring
from .curriculum import BadCurriculum, read_curriculum
from .exporting import export_curriculum, to_yaml
from .importing import import_curriculum

paths = AppGroup("paths", help="Import, export and check paths.")


@paths.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=FilePath))
@click.option(
    "--author", "emails", multiple=True, help="Email address of somebody who may edit it."
)
@as_json
@plain_refusals
@examples(
    "flask paths import python.yaml",
    "flask paths import python.yaml --author grace@example.org --json",
)
def import_path(file: FilePath, emails: tuple[str, ...], as_json: bool) -> None:
    """Make a path what FILE says; doing it again changes nothing.

    What FILE gives no status is published.
    """
    authors = [users.get_user_by_email(email).id for email in emails]
    try:
        curriculum = read_curriculum(file)
    except BadCurriculum as error:
        raise click.ClickException(f"{error} Nothing was loaded.") from None
    outcome = import_curriculum(curriculum, authors or None)
    db.session.commit()
    report = import_report(curriculum, outcome)
    if as_json:
        print_json(report)
    else:
        click.echo("{path}: {outcome}, {modules} modules".format_map(report))


def import_report(curriculum: dict[str, Any], outcome: str) -> dict[str, Any]:
    """Return what is said of an import: the path, what became of it, how many modules."""
    slug = curriculum["path"]["slug"]
    return {"path": slug, "outcome": outcome, "modules": len(curriculum["modules"])}


@paths.command("export")
@click.argument("slug")
@plain_refusals
@examples(
    "flask paths export python-developer",
    "flask paths export python-developer > python.yaml",
)
def export_path(slug: str) -> None:
    """Print the path SLUG as YAML that `flask paths import` takes."""
    click.echo(to_yaml(export_curriculum(authoring.lock_path(slug))), nl=False)


@paths.command("validate")
@click.argument("slug")
@as_json
@plain_refusals
@examples(
    "flask paths validate python-developer",
    "flask paths validate python-developer --json",
)
def validate_path(slug: str, as_json: bool) -> None:
    """Say whether the path SLUG can be completed.

    Exit status 1 if not.
    """
    problems = authoring.problems_in(authoring.lock_path(slug))
    if as_json:
        told = [{"module": problem.module, "reason": problem.reason} for problem in problems]
        print_json({"completable": not problems, "problems": told})
    else:
        for problem in problems:
            click.echo(f"{problem.module or slug} {problem.reason}")
        if not problems:
            click.echo(f"{slug} can be completed.")
    if problems:
        raise click.exceptions.Exit(1)
