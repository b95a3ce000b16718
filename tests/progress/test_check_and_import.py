"""Proving what is stored against the events, and bringing in what happened elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.progress import integrity
from learnpath.progress.events import ingest


@pytest.fixture
def flask(cli):
    """Run a `flask progress …` command; return its exit status and its output."""

    def flask(*words):
        result = cli("progress", *words, expect=None)
        return result.exit_code, result.output

    return flask


@pytest.fixture
def damage(app):
    """Change something in the database behind the service's back."""

    def damage(*statements):
        with app.app_context():
            for statement in statements:
                db.session.execute(sa.text(statement))
            db.session.commit()

    return damage


def test_a_record_that_is_off_is_told_and_mended(api, alice, make, damage, flask):
    make.module("loops")
    api.as_(alice).put("/users/me/progress/loops", {"status": "completed"})
    assert flask("check")[0] == 0
    damage("UPDATE progress SET time_spent = 7")
    status, said = flask("check")
    assert status == 1
    assert "differs in time_spent" in said
    assert "1 inconsistencies, repaired" in flask("check", "--fix")[1]
    assert flask("check")[0] == 0


def test_a_lost_record_is_made_again(api, alice, make, damage, flask):
    make.module("loops")
    api.as_(alice).put("/users/me/progress/loops", {"status": "completed"})
    damage("DELETE FROM progress")
    assert "there are events and no record" in flask("check", "--fix")[1]
    assert api.as_(alice).get("/users/me/progress/loops")["status"] == "completed"


@pytest.mark.parametrize(
    ("sabotage", "said"),
    [
        ("UPDATE enrollments SET status = 'withdrawn'", "from its history in status"),
        ("UPDATE enrollments SET completed_at = NULL", "from its history in completed_at"),
        ("UPDATE enrollments SET completed_path_version = 7", "completed_path_version"),
        ("UPDATE enrollments SET due_at = NULL, note = 'mine'", "from its history in due_at, note"),
        ("UPDATE enrollments SET enrolled_at = due_at", "from its history in enrolled_at"),
        (
            "UPDATE enrollments SET status = 'active', completed_at = NULL; DELETE FROM"
            " enrollment_events WHERE kind = 'completed'",
            "is completed, but its enrollment does not record the completion",
        ),
    ],
)
def test_an_enrollment_that_is_off_is_told_and_mended(enrolled, damage, flask, sabotage, said):
    user_id, look = enrolled
    before = look()
    assert flask("check") == (0, "0 inconsistencies\n")
    damage(*sabotage.split(";"))
    status, output = flask("check")
    assert (status, f"user {user_id}, path python: " in output, said in output) == (1, True, True)
    assert "repaired" in flask("check", "--fix")[1]
    assert flask("check")[0] == 0
    after = look()
    if "does not record" in said:  # then it counts from now
        before["completed_at"] = after["completed_at"]
    assert after == before


@pytest.fixture
def enrolled(api, alice, ada, make):
    """Alice, who left, came back and finished; and a look at her enrollment."""
    make.path("python", ["loops"])
    about = {"user_id": alice.id, "due_at": "2030-01-01T00:00:00+01:00", "note": "Welcome"}
    made = api.as_(ada).post("/paths/python/enrollments", about, expect=201)
    url = f"/enrollments/{made['id']}"
    api.as_(alice).delete(url)
    api.as_(ada).post("/paths/python/enrollments", about, expect=201)
    api.as_(ada).patch(url, {"note": "Hello"})
    api.as_(alice).put("/users/me/progress/loops", {"status": "completed"})
    return alice.id, lambda: api.as_(alice).get(url)


def test_a_beginning_that_was_not_noted_is_told_and_mended(api, alice, make, damage, flask):
    make.path("python", ["loops", "lists"])
    api.as_(alice).post("/paths/python/enrollments", {}, expect=201)
    assert flask("check")[0] == 0  # nothing is begun yet
    api.as_(alice).put("/users/me/progress/loops", {"percent": 1})
    damage("UPDATE enrollments SET started_at = NULL")
    assert "is started, but its enrollment does not record the start" in flask("check", "--fix")[1]
    assert flask("check")[0] == 0
    assert api.as_(alice).get("/users/me/enrollments")[0]["started_at"] is not None


def test_checking_holds_nobody_up_afterwards(api, alice, make, flask, monkeypatch):
    monkeypatch.setattr(integrity, "BATCH", 1)
    make.module("loops")
    for name in ("bob", "carol"):
        api.as_(make.user(name)).put("/users/me/progress/loops", {"percent": 1})
    assert flask("check")[0] == 0
    api.as_(alice).put("/users/me/progress/loops", {"percent": 1})


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


HOSTILE = {
    ",loops,2020-01-01T00:00:00Z": "email: ",
    "a\0@x.de,loops,2020-01-01T00:00:00Z": "email: ",
    "{me},lo\0ops,2020-01-01T00:00:00Z": "module_id: Not a module id",
    "{me},nowhere,2020-01-01T00:00:00Z": "There is no such module",
    "{me},loops,0001-01-01T00:00:00Z": "This is before 1970",
    "{me},loops,9999-01-01T00:00:00Z": "This is more than 5 minutes ahead",
    "{me},loops": "occurred_at: Not an RFC 3339 time",
    "{me},loops,2020-01-01T00:00:00Z,nan": "score: ",
    "{me},loops,2020-01-01T00:00:00Z,inf": "score: ",
    "{me},loops,2020-01-01T00:00:00Z,-1": "score: ",
    "{me},loops,2020-01-01T00:00:00Z,,done": "status: Must be one of",
    "{me},loops,2020-01-01T00:00:00Z,,,i\0d": "id: Use 1 to 64",
}


def test_hostile_rows_are_rejected_with_their_line_and_reason(api, alice, make, flask, tmp_path):
    make.module("loops")
    file = tmp_path / "past.csv"
    rows = [row.format(me=alice.email) for row in HOSTILE]
    file.write_text("\n".join(["email,module_id,occurred_at,score,status,id", *rows]))
    status, said = flask("import", file)
    assert (status, f"0 applied, 0 duplicate, 0 conflict, {len(rows)} rejected" in said) == (
        0,
        True,
    )
    for line, reason in enumerate(HOSTILE.values(), start=2):
        assert f"line {line}: rejected: {reason}" in said
    assert api.as_(alice).get("/users/me/progress") == []


@pytest.fixture
def long_history(alice, ada, make, tmp_path):
    """A table of 600 events of Alice's and one of Ada's."""
    make.module("loops")
    start = datetime(2020, 1, 1, tzinfo=UTC)
    moments = [(start + timedelta(hours=number)).isoformat() for number in range(600)]
    lines = [f"{alice.email.upper()},loops,{moment}" for moment in moments]
    file = tmp_path / "past.csv"
    last = f"{ada.email},loops,{moments[0]}"
    file.write_text("\n".join(["email,module_id,occurred_at", *lines, last]))
    return file


def test_a_broken_import_goes_on_where_it_stopped(ada, flask, long_history, monkeypatch):
    ingest_events = ingest.ingest_events

    def breaking(user_id, items, actor):
        assert len(items) <= 500
        if user_id == ada.id:
            raise KeyboardInterrupt
        return ingest_events(user_id, items, actor)

    monkeypatch.setattr(ingest, "ingest_events", breaking)
    flask("import", long_history)
    monkeypatch.undo()
    for options in (["--dry-run"], []):
        assert "1 applied, 600 duplicate" in flask("import", long_history, *options)[1]
    assert "0 applied, 601 duplicate" in flask("import", long_history)[1]
