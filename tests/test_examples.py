"""Each client in examples/ completes a path, with expired tokens and a busy service."""

import subprocess
import sys

import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.enrollments.models import Enrollment
from learnpath.settings import PROJECT_ROOT

from .apps import open_migrated_app
from .live_server import Server

pytestmark = pytest.mark.exhaustive

PROGRAMS = {"learner.py": sys.executable, "learner.mjs": "node", "learner.sh": "sh"}
EXAMPLES = PROJECT_ROOT / "examples"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    with open_migrated_app(f"sqlite:///{folder / 'service.db'}") as app:
        app.test_cli_runner().invoke(args=["seed"])
        yield app


@pytest.fixture(params=PROGRAMS)
def run(request, seeded, tmp_path):
    """Run one of the examples on its own server."""
    server = Server(seeded.config["DATABASE_URL"], tmp_path / "gunicorn.log", "tests.flaky_app:app")

    def run(path=""):
        command = [PROGRAMS[request.param], EXAMPLES / request.param, server.url + path]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    run.log = server.log
    yield run
    server.stop()


def test_an_example_reaches_the_end_of_the_path(run, seeded):
    refused = run("/nowhere")
    assert refused.returncode != 0
    assert "Not found" in refused.stderr

    ran = run()
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "backend-with-flask: completed, 100 %"
    assert ran.stderr == ""
    with seeded.app_context():
        assert set(db.session.scalars(sa.select(Enrollment.status))) == {"completed"}
    log = run.log.read_text()
    for waited_or_refreshed in ("asked to wait: 503", "asked to wait: 429", "auth/refresh 200"):
        assert waited_or_refreshed in log


def test_every_example_is_described_and_run():
    found = {path.name for path in EXAMPLES.glob("learner.*")}
    assert found == PROGRAMS.keys()
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in found)
