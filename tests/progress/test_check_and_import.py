"""Proving what is stored against the events, and bringing in what happened elsewhere."""

import pytest
import sqlalchemy as sa

from learnpath.extensions import db


@pytest.fixture
def flask(app):
    """Run a `flask progress …` command; return its exit status and what it printed."""

    def flask(*words):
        result = app.test_cli_runner().invoke(args=["progress", *map(str, words)])
        return result.exit_code, result.output

    return flask


def test_a_record_that_is_off_is_told_and_mended(app, api, alice, make, flask):
    make.module("loops")
    api.as_(alice).put("/users/me/progress/loops", {"status": "completed"})
    assert flask("check")[0] == 0
    with app.app_context():
        db.session.execute(sa.text("UPDATE progress SET time_spent = 7"))
        db.session.commit()
    status, said = flask("check")
    assert status == 1
    assert "differs in time_spent" in said
    assert "1 faults, mended" in flask("check", "--fix")[1]
    assert flask("check")[0] == 0


def test_a_lost_record_is_made_again(app, api, alice, make, flask):
    make.module("loops")
    api.as_(alice).put("/users/me/progress/loops", {"status": "completed"})
    with app.app_context():
        db.session.execute(sa.text("DELETE FROM progress"))
        db.session.commit()
    assert "there are events and no record" in flask("check", "--fix")[1]
    assert api.as_(alice).get("/users/me/progress/loops")["status"] == "completed"


def test_past_events_come_in_from_a_table_once(api, alice, make, flask, tmp_path):
    make.module("loops")
    file = tmp_path / "past.csv"
    file.write_text(
        "email,module_id,occurred_at,score\n"
        f"{alice.email},loops,2020-01-01T10:00:00Z,70\n"
        f"{alice.email},loops,garbage,\n"
        f"{alice.email},loops,2020-01-02T10:00:00Z,much\n"
        "nobody@example.org,loops,2020-01-01T10:00:00Z,\n"
    )
    assert "1 applied, 0 duplicate, 0 conflict, 3 rejected" in flask("import", file, "--dry-run")[1]
    api.as_(alice).get("/users/me/progress/loops", expect=404)
    assert "1 applied" in flask("import", file)[1]
    assert "0 applied, 1 duplicate" in flask("import", file)[1]
    record = api.as_(alice).get("/users/me/progress/loops")
    assert record["completed_at"] == "2020-01-01T10:00:00.000000Z"
    assert record["score"] == 70


def test_a_table_without_its_columns_is_refused(flask, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text("who,what\n")
    status, said = flask("import", file)
    assert status == 1
    assert "needs the columns" in said
