"""The earlier service's database, and the command that moves it in."""

import pytest

from .legacy_db import Earlier


@pytest.fixture
def earlier(empty_database):
    """An earlier database in an SQLite file."""
    return Earlier(empty_database("sqlite"))


@pytest.fixture
def import_users(cli, logged):
    """Run `flask users import --from …`; return what it printed, standard error included."""

    def run(url, *options, expect=0):
        return cli("users", "import", "--from", url, *options, expect=expect).output

    return run
