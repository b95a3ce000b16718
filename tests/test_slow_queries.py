"""Finding the statements that take long in the log, without what people typed."""

import json

import pytest

from .client import Api

NEWCOMER = {"name": "Zoë", "email": "zoe@example.org", "password": "correct horse battery"}


@pytest.fixture
def register(make_app, capsys):
    """Register Zoë at a service with this limit; return what its log says of slow statements."""

    def register(limit):
        Api(make_app(SLOW_QUERY_MS=limit)).post("/users/register", NEWCOMER, expect=201)
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        return [line for line in lines if line["logger"] == "learnpath.observability.slow_queries"]

    return register


def test_a_statement_that_takes_long_is_told_with_its_route(register):
    output = register(0.001)
    insert = next(line for line in output if line["statement"].startswith("INSERT INTO users"))
    assert insert["route"] == "/api/v1/users/register"
    assert insert["duration_ms"] >= 0
    assert NEWCOMER["email"] not in str(output)


@pytest.mark.parametrize("limit", [0, 60_000])
def test_nothing_is_told_without_a_limit_or_within_it(register, limit):
    assert register(limit) == []
