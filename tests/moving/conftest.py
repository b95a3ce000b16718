"""The earlier service's database, and the command that moves it in."""

import pytest

from .earlier import Earlier


@pytest.fixture
def earlier(empty_database):
    """An earlier database in an SQLite file."""
    return Earlier(empty_database("sqlite"))


@pytest.fixture
def move_in(app, logged):
    """Run `flask users import --from …`; return what it printed, standard error included."""

    def run(url, *options, expect=0):
        result = app.test_cli_runner().invoke(args=["users", "import", "--from", url, *options])
        assert result.exit_code == expect, result.output
        assert "Traceback" not in result.output
        return result.output

    return run
