"""What a connection to PostgreSQL brings along: limits for requests, none for commands."""

import click
import pytest
import sqlalchemy as sa

from learnpath.config import load
from learnpath.db import db, postgresql
from tests.apps import SETTINGS

LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


@pytest.fixture
def shown(make_app, backend):
    """Open a new connection and return the values of these settings on the server."""
    if backend != "postgresql":
        pytest.skip("SQLite has its own limits")

    def shown(*names):
        service = make_app()
        with service.app_context(), db.engine.connect() as connection:
            return [connection.scalar(sa.text(f"SHOW {name}")) for name in names]

    return shown


def test_a_request_is_bounded_and_says_who_asks(shown):
    assert shown(*LIMITS, "application_name") == ["10s", "5s", "30s", "learnpath"]


def test_a_command_takes_the_time_it_needs(shown):
    with click.Context(click.Command("upgrade")):
        assert shown(*LIMITS) == ["0", "0", "0"]


def arguments(url, **settings):
    return postgresql.connect_args(load({**SETTINGS, "DATABASE_URL": url, **settings}))


def test_a_silent_network_is_given_up():
    found = arguments("postgresql://db/learn", DATABASE_NETWORK_TIMEOUT=4)
    assert (found["tcp_user_timeout"], found["keepalives_idle"]) == (4000, 2)


def test_what_the_address_says_itself_goes_before():
    found = arguments("postgresql://db/learn?connect_timeout=9&application_name=night")
    assert not {"connect_timeout", "application_name"} & found.keys()


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("postgresql://a,b/learn", "read-write"),
        ("postgresql://a,b/learn?target_session_attrs=any", None),
        ("postgresql://a/learn", None),
        ("postgresql:///learn?host=/run/postgresql", None),
    ],
)
def test_of_several_hosts_the_one_that_takes_writes_is_wanted(url, wanted):
    assert arguments(url).get("target_session_attrs") == wanted
