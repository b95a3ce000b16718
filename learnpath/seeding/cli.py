"""`flask seed`: load the curriculum that ships with the service."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from ..commands import plain_refusals
from ..extensions import db
from ..paths.curriculum import BadCurriculum, read_curriculum
from ..paths.importing import import_curriculum
from . import demo

SHIPPED = Path(__file__).parent / "curriculum"


@click.command("seed")
@click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=SHIPPED,
    help="A folder of YAML files to load instead of the curriculum that ships.",
)
@click.option(
    "--demo",
    "learners",
    type=click.IntRange(0, 100_000),
    default=0,
    help="Also make N fake learners.",
)
@with_appcontext
@plain_refusals
def seed(folder: Path, learners: int) -> None:
    """Load the curriculum, and with --demo N some fake learners.

    Doing it again changes nothing. A bad file is told with its line, and then nothing at
    all is loaded.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise click.ClickException(f"There is no .yaml file in {folder}.")
    try:
        curricula = [read_curriculum(file) for file in files]
    except BadCurriculum as error:
        raise click.ClickException(f"{error} Nothing was loaded.") from None
    for curriculum in curricula:
        outcome = import_curriculum(curriculum)
        slug, size = curriculum["path"]["slug"], len(curriculum["modules"])
        click.echo(f"{slug}: {outcome}, {size} modules")
    db.session.commit()
    if learners:
        with click.progressbar(length=learners, label="Demo learners") as bar:
            for _ in demo.make_learners(learners):
                bar.update(1)
