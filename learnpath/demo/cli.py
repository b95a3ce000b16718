"""`flask seed`: load the bundled curriculum."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from ..cli import as_json, examples, handle_errors, print_json, progress_bar
from ..db import db
from ..paths.cli import import_files
from . import activity, learners

BUNDLED = Path(__file__).parent / "curriculum"


@click.command("seed")
@click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=BUNDLED,
    help="A folder of YAML files to load instead of the bundled curriculum.",
)
@click.option(
    "--demo",
    "count",
    type=click.IntRange(0, 100_000),
    default=0,
    help="Also create N fake learners.",
)
@as_json
@with_appcontext
@handle_errors
@examples("flask seed", "flask seed --demo 50", "flask seed --from curricula/ --json")
def seed(folder: Path, count: int, as_json: bool) -> None:
    """Load the curriculum.

    Loading it again changes nothing. An invalid file is reported with its line, and then
    nothing is loaded.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise click.ClickException(f"There is no .yaml file in {folder}.")
    report = import_files(files)
    db.session.commit()
    if count:
        with progress_bar(length=count, label="Demo learners") as bar:
            for _ in learners.make_learners(count):
                bar.update(1)
        if current_app.config["ENVIRONMENT"] != "production":
            activity.add_demo_activity(learners.published_modules())
            db.session.commit()
    if as_json:
        print_json(report)
        return
    for line in report:
        click.echo("{path}: {outcome}, {modules} modules".format_map(line))
