"""`flask backup`: one file that holds everything, made while the service runs."""

import stat
from functools import partial

import pytest

from ..apps import open_app
from ..client import Api


@pytest.fixture
def run(cli):
    return partial(cli, "backup", expect=None)


@pytest.fixture
def on_sqlite(backend):
    if backend != "sqlite":
        pytest.skip("PostgreSQL has programs of its own")


def test_the_copy_holds_what_was_acknowledged(run, api, alice, tmp_path, on_sqlite):
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    done = run(tmp_path / "copy.db")
    assert done.exit_code == 0, done.output
    assert "copy.db" in done.output
    assert [file.name for file in tmp_path.iterdir()] == ["copy.db"]
    with open_app(DATABASE_URL=f"sqlite:///{tmp_path / 'copy.db'}") as restored:
        assert Api(restored).as_(alice).get("/users/me")["progress"] == {"loops": True}


def test_nobody_else_may_read_the_copy(run, tmp_path, on_sqlite):
    run(tmp_path / "copy.db")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600


def test_a_backup_overwrites_nothing(run, tmp_path, on_sqlite):
    (tmp_path / "copy.db").write_text("mine")
    refused = run(tmp_path / "copy.db")
    assert refused.exit_code == 1
    assert "is there already" in refused.output
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_backup_to_nowhere_is_refused_with_a_sentence(run, tmp_path, on_sqlite):
    refused = run(tmp_path / "missing" / "copy.db")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")
    assert "Traceback" not in refused.output


def test_on_postgresql_it_names_the_program_to_use(run, backend, tmp_path):
    if backend == "sqlite":
        pytest.skip("SQLite is copied by this command")
    refused = run(tmp_path / "copy.db")
    assert refused.exit_code == 1
    assert "pg_dump" in refused.output
