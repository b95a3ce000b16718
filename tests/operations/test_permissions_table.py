"""Reading who may do what in one table."""

import pytest


@pytest.fixture
def table(app):
    """Run `flask permissions`; return permission and holders by method and address."""
    result = app.test_cli_runner().invoke(args=["permissions"])
    assert result.exit_code == 0, result.output
    rows = [line.split(maxsplit=3) for line in result.output.splitlines()]
    return {(method, address): (name, who) for method, address, name, who in rows}


def test_an_auditor_finds_every_address_of_the_api(app, table):
    addresses = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert len(addresses) > 12
    assert {row for row in table if row[1].startswith("/api/v1")} == addresses


@pytest.mark.parametrize(
    ("row", "who"),
    [
        ("POST /api/v1/users/register", "anyone"),
        ("GET /api/v1/paths", "anyone"),
        ("GET /docs", "anyone"),
        ("GET /api/v1/users", "an admin"),
        ("POST /api/v1/users", "an admin"),
        ("DELETE /api/v1/users/<user:user_id>", "themselves, an admin"),
    ],
)
def test_an_auditor_reads_who_may_do_what(table, row, who):
    method, address = row.split()
    found = next(key for key in table if key[0] == method and key[1].rstrip("/") == address)
    name, holders = table[found]
    assert holders == who
    assert (name == "public") == (who == "anyone")
