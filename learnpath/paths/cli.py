"""`flask paths …`: bring paths in and out as YAML, and check them."""

from __future__ import annotations

from pathlib import Path as FilePath

import click
from flask.cli import AppGroup

from ..commands import plain_refusals
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
@plain_refusals
def import_path(file: FilePath, emails: tuple[str, ...]) -> None:
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
    click.echo(f"{curriculum['path']['slug']}: {outcome}, {len(curriculum['modules'])} modules")


@paths.command("export")
@click.argument("slug")
@plain_refusals
def export_path(slug: str) -> None:
    """Print the path SLUG as YAML that `flask paths import` takes."""
    click.echo(to_yaml(export_curriculum(authoring.lock_path(slug))), nl=False)


@paths.command("validate")
@click.argument("slug")
@plain_refusals
def validate_path(slug: str) -> None:
    """Say whether the path SLUG can be completed; exit status 1 if not."""
    problems = authoring.problems_in(authoring.lock_path(slug))
    for problem in problems:
        click.echo(f"{problem.module or slug} {problem.reason}")
    if problems:
        raise click.exceptions.Exit(1)
    click.echo(f"{slug} can be completed.")
