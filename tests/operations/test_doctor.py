"""Asking whether an installation is healthy: each line is ok or says what to do."""

import re

import pytest
import sqlalchemy as sa

from learnpath.db import db

from ..apps import run_command


@pytest.fixture
def doctor(app, settings):
    """Run `flask doctor` on an app; return what it says by question."""
    settings(ENVIRONMENT="production")

    def doctor(patient=app, expect=0):
        output = run_command(patient, "doctor", expect=expect).output
        lines = [re.fullmatch("(ok|!!)  ([^:]+): (.+)", line) for line in output.split("\n")]
        return {line[2]: (line[1], line[3]) for line in lines if line}

    return doctor


@pytest.fixture
def another_app(make_app):
    """Make an app in production on another database."""
    return lambda url: make_app(ENVIRONMENT="production", DATABASE_URL=url)


def test_a_healthy_installation_needs_nothing(doctor, ada, backend):
    findings = doctor()
    assert {mark for mark, _ in findings.values()} == {"ok"}
    assert findings["environment"][1] == "production"
    assert findings["database"][1].startswith(backend)
    assert findings["migrations"][1].startswith("at the head, 1")
    assert findings["active administrators"][1] == "1"
    assert "REGISTRATION_OPEN=false" in findings["registration"][1]
    assert ("sqlite foreign_keys" in findings) == (backend == "sqlite")


def test_closed_registration_is_told(doctor, ada, settings):
    settings(REGISTRATION_OPEN=False)
    assert doctor()["registration"] == ("ok", "closed")


def test_a_service_without_an_admin_is_told_how_to_make_one(doctor, alice):
    mark, advice = doctor(expect=1)["active administrators"]
    assert mark == "!!"
    assert advice == "0. Run: flask users create-admin EMAIL"


def test_an_admin_who_is_deactivated_does_not_count(app, doctor, ada):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE users SET status = 'deactivated'"))
    assert doctor(expect=1)["active administrators"][0] == "!!"


def test_an_environment_that_is_not_for_the_public_is_told(doctor, ada, settings):
    settings(ENVIRONMENT="development")
    mark, advice = doctor(expect=1)["environment"]
    assert (mark, "ENVIRONMENT=production" in advice) == ("!!", True)


@pytest.mark.parametrize("secret", ["6d1f", "a-default-secret-for-development-only", "0123" * 20])
def test_a_weak_secret_is_told_and_never_shown(doctor, ada, settings, secret):
    settings(SECRET_KEY=secret)
    mark, advice = doctor(expect=1)["secret"]
    assert mark == "!!"
    assert "secrets.token_hex" in advice
    assert secret not in advice


def test_a_database_without_tables_is_told_to_upgrade(doctor, another_app, empty_database, backend):
    findings = doctor(another_app(empty_database(backend)), expect=1)
    mark, advice = findings["migrations"]
    assert mark == "!!"
    assert re.fullmatch("at None, newest is 1[0-9]{3}. Run: flask db upgrade", advice)
    assert findings["database"][0] == "ok"
    assert "active administrators" not in findings


def test_a_database_behind_the_code_is_told_to_upgrade(app, doctor, ada):
    def stamp(number):
        with app.app_context(), db.engine.begin() as connection:
            stamped = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
            connection.execute(
                sa.text("UPDATE alembic_version SET version_num = :number"), {"number": number}
            )
        return stamped

    newest = stamp("0000")
    try:
        mark, advice = doctor(expect=1)["migrations"]
    finally:
        stamp(newest)
    assert (mark, advice) == ("!!", f"at 0000, newest is {newest}. Run: flask db upgrade")


def test_a_server_that_does_not_answer_is_told_without_its_password(doctor, another_app):
    url = "postgresql://learnpath:very-private@127.0.0.1:1/learnpath"
    findings = doctor(another_app(url), expect=1)
    assert findings["database"][0] == "!!"
    assert "cannot be reached. Check DATABASE_URL:" in findings["database"][1]
    assert "very-private" not in str(findings)
    assert findings["registration"][0] == "ok"


def test_a_file_that_cannot_be_opened_is_told(doctor, another_app, tmp_path):
    findings = doctor(another_app(f"sqlite:///{tmp_path / 'no-such-folder' / 'a.db'}"), expect=1)
    assert "unable to open database file" in findings["database"][1]


def test_a_file_that_is_no_database_is_told(doctor, another_app, tmp_path):
    (tmp_path / "letter.db").write_text("Dear reader, this is a letter. " * 50)
    findings = doctor(another_app(f"sqlite:///{tmp_path / 'letter.db'}"), expect=1)
    assert "file is not a database" in findings["database"][1]
