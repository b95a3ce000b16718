"""`flask paths …`: import and export paths as YAML, and check them."""

from pathlib import Path as FilePath
from typing import Any

import click
from flask.cli import AppGroup

from ..cli import as_json, examples, handle_errors, print_json
from ..db import db
from ..users import services as users
from .curriculum import CurriculumError, read_curriculum
from .export import export_curriculum, to_yaml
from .importer import import_curriculum
from .services import lock_path, modules_of
from .validation import find_issues

paths = AppGroup("paths", help="Import, export and check paths.")


@paths.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=FilePath))
@click.option("--author", "emails", multiple=True, help="Email address of an author of the path.")
@as_json
@handle_errors
@examples(
    "flask paths import python.yaml",
    "flask paths import python.yaml --author grace@example.org --json",
)
def import_path(file: FilePath, emails: tuple[str, ...], as_json: bool) -> None:
    """Import a path from FILE; importing it again changes nothing.

    A path or module without a status in FILE is published.
    """
    authors = [users.get_user_by_email(email).id for email in emails]
    [report] = import_files([file], authors or None)
    db.session.commit()
    if as_json:
        print_json(report)
    else:
        click.echo("{path}: {outcome}, {modules} modules".format_map(report))


def import_files(files: list[FilePath], authors: list[int] | None = None) -> list[dict[str, Any]]:
    """Import `files`, all or none; return the path, the outcome and the module count of each."""
    try:
        curricula = [read_curriculum(file) for file in files]
    except CurriculumError as error:
        raise click.ClickException(f"{error} Nothing was loaded.") from None
    return [
        {
            "path": curriculum["path"]["slug"],
            "outcome": import_curriculum(curriculum, authors),
            "modules": len(curriculum["modules"]),
        }
        for curriculum in curricula
    ]


@paths.command("export")
@click.argument("slug")
@handle_errors
@examples(
    "flask paths export python-developer", "flask paths export python-developer > python.yaml"
)
def export_path(slug: str) -> None:
    """Print the path SLUG as YAML that `flask paths import` takes."""
    click.echo(to_yaml(export_curriculum(lock_path(slug))), nl=False)


@paths.command("validate")
@click.argument("slug")
@as_json
@handle_errors
@examples("flask paths validate python-developer", "flask paths validate python-developer --json")
def validate_path(slug: str, as_json: bool) -> None:
    """Check whether the path SLUG can be completed.

    Exit status 1 if not.
    """
    path = lock_path(slug)
    issues = find_issues(path, modules_of(path))
    if as_json:
        print_json({"completable": not issues, "problems": [issue.as_dict() for issue in issues]})
    else:
        for issue in issues:
            click.echo(f"{issue.module or slug} {issue.reason}")
        if not issues:
            click.echo(f"{slug} can be completed.")
    if issues:
        raise click.exceptions.Exit(1)
