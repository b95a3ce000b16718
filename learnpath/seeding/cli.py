"""`flask seed`: load the curriculum that ships with the service."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from ..commands import as_json, examples, plain_refusals, print_json, progress_bar
from ..extensions import db
from ..paths.cli import import_report
from ..paths.curriculum import BadCurriculum, read_curriculum
from ..paths.importing import import_curriculum
from . import classroom, demo

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
@as_json
@with_appcontext
@plain_refusals
@examples("flask seed", "flask seed --demo 50", "flask seed --from curricula/ --json")
def seed(folder: Path, learners: int, as_json: bool) -> None:
    """Load the curriculum.

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
    loaded = [(curriculum, import_curriculum(curriculum)) for curriculum in curricula]
    db.session.commit()
    if learners:
        with progress_bar(length=learners, label="Demo learners") as bar:
            for _ in demo.make_learners(learners):
                bar.update(1)
        if current_app.config["ENVIRONMENT"] != "production":
            classroom.enliven(demo.published_modules())
            db.session.commit()
    report = [import_report(curriculum, outcome) for curriculum, outcome in loaded]
    if as_json:
        print_json(report)
        return
    for line in report:
        click.echo("{path}: {outcome}, {modules} modules".format_map(line))
