"""Taking over the accounts of the customer's earlier service."""

import json

import bcrypt
import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.legacy_import import services
from learnpath.users.models import User

from .legacy_db import PASSWORD, Earlier


def log_in(api, email, password=PASSWORD, **more):
    tokens = api.post("/users/login", {"email": email, "password": password}, **more)
    return {"Authorization": f"Bearer {tokens['access_token']}"} if "access_token" in tokens else {}


def register(api):
    new = {"name": "New", "email": "new@example.org", "password": "correct horse battery"}
    return api.post("/users/register", new, expect=201)


def count_users(app):
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(User))


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_ids_dates_logins_and_progress_survive(api, import_users, empty_database, source):
    earlier = Earlier(empty_database(source))
    progress = {"python-basics": True, "loops": False}
    earlier.add(
        {"id": 7, "name": "Zoë", "email": "zoe@example.org", "progress": progress},
        {"id": 41, "learning_path": "Backend, one day"},
    )
    assert "2 imported, 0 rewritten, 0 skipped" in import_users(earlier.url)
    assert api.get("/users/me", headers=log_in(api, "zoe@example.org")) == {
        "id": 7,
        "name": "Zoë",
        "email": "zoe@example.org",
        "email_verified": False,
        "role": "learner",
        "status": "active",
        "timezone": "UTC",
        "learning_path": None,
        "progress": progress,
        "created_at": "2024-03-01T08:30:00.123456Z",
        "updated_at": "2024-04-02T09:45:10.654321Z",
    }
    me = api.get("/users/me", headers=log_in(api, "learner41@example.org"))
    assert (me["id"], me["learning_path"], me["progress"]) == (41, "Backend, one day", {})


def test_the_earlier_database_is_left_as_it_was(earlier, import_users):
    earlier.add({"id": 1, "progress": {"loops": True}}, {"id": 2, "email": "nonsense"})
    before = earlier.rows()
    import_users(earlier.url)
    assert earlier.rows() == before


def test_who_registers_next_gets_the_id_after_the_last(api, alice, earlier, import_users):
    earlier.add({"id": alice.id + 1000}, {"id": alice.id + 7})
    import_users(earlier.url)
    assert register(api)["id"] == alice.id + 1001
    assert api.as_(alice).get("/users/me")["id"] == alice.id


def test_the_next_id_grows_even_where_the_imported_ones_are_small(
    api, alice, app, earlier, import_users
):
    taken = register(api)["id"]
    with app.app_context():
        db.session.execute(sa.delete(User))
        db.session.commit()
    earlier.add({"id": 1})
    import_users(earlier.url)
    again = {"name": "Next", "email": "next@example.org", "password": "correct horse battery"}
    assert api.post("/users/register", again, expect=201)["id"] > taken


def test_a_dry_run_says_the_same_and_changes_nothing(api, app, alice, earlier, import_users):
    first, second, third = (alice.id + 1000 + step for step in range(3))
    earlier.add({"id": first}, {"id": second, "name": None}, {"id": third, "email": "nonsense"})
    said = import_users(earlier.url, "--dry-run")
    assert "This was a dry run; nothing was changed." in said
    assert count_users(app) == 1
    assert register(api)["id"] == alice.id + 1  # no number was used up either
    assert import_users(earlier.url) == said.replace(
        " This was a dry run; nothing was changed.", ""
    )
    assert count_users(app) == 4


def test_a_repeat_says_so_and_changes_nothing(app, earlier, import_users):
    earlier.add({"id": 5}, {"id": 6})
    import_users(earlier.url)
    said = import_users(earlier.url, expect=1)
    assert "already holds a user with the id 5. Nothing was changed." in said
    assert count_users(app) == 2


def test_a_repeat_does_not_bring_back_who_was_erased(app, api, earlier, import_users):
    earlier.add({"id": 5}, {"id": 6})
    import_users(earlier.url)
    api.delete("/users/me", headers=log_in(api, "learner5@example.org"))
    assert "id 6" in import_users(earlier.url, expect=1)
    assert count_users(app) == 1


def test_one_id_that_is_taken_stops_everything(app, alice, earlier, import_users):
    many = [{"id": alice.id + step} for step in range(services.BATCH + 1)]
    earlier.add(*({"id": row["id"] + 1} for row in many), {"id": alice.id})
    said = import_users(earlier.url, expect=1)
    assert f"id {alice.id}. Nothing was changed." in said
    assert count_users(app) == 1


def test_an_id_that_is_taken_in_a_later_batch_undoes_the_earlier_ones(
    api, app, earlier, import_users
):
    with app.app_context():
        db.session.add(User(id=90600, name="A", email="a@example.org", password_hash="!"))
        db.session.commit()
    earlier.add(*({"id": 90000 + step} for step in range(services.BATCH + 200)))
    assert "id 90600" in import_users(earlier.url, expect=1)
    assert count_users(app) == 1


def test_an_email_that_is_taken_here_is_skipped(app, alice, earlier, import_users):
    earlier.add({"id": 90001, "email": " ALICE@Example.org "}, {"id": 90002})
    said = import_users(earlier.url)
    assert "skipped 90001: another account has the same email address" in said
    assert "1 imported, 0 rewritten, 1 skipped" in said
    assert count_users(app) == 2


def test_modules_that_nobody_knows_become_stubs_of_the_first_reporter(
    api, grace, make, earlier, import_users
):
    make.module("loops")
    earlier.add(
        {"id": 90001, "progress": {"loops": True, "trees": True}},
        {"id": 90002, "progress": {"trees": False, "graphs": True}},
    )
    import_users(earlier.url)
    stubs = api.as_(grace).get("/modules?status=uncatalogued")
    assert [stub["slug"] for stub in stubs] == ["graphs", "trees"]
    exported = api.get("/users/me/export", headers=log_in(api, "learner90002@example.org"))
    assert exported["introduced_modules"] == ["graphs"]


def test_what_was_completed_earlier_can_be_reported_on(api, earlier, import_users):
    earlier.add({"id": 9, "progress": {"loops": True}})
    import_users(earlier.url)
    with_token = {"headers": log_in(api, "learner9@example.org")}
    report = {"module_id": "loops", "completed": True}
    assert api.post("/users/me/progress", report, **with_token)["changed"] is False
    report = {"module_id": "loops", "completed": False}
    assert api.post("/users/me/progress", report, **with_token)["progress"] == {"loops": False}


def test_an_imported_hash_is_upgraded_at_the_first_login(app, api, earlier, import_users):
    earlier.add({"id": 9})
    import_users(earlier.url)
    for _ in range(2):
        log_in(api, "learner9@example.org")
        with app.app_context():
            assert db.session.scalar(sa.select(User.password_hash)).startswith("$argon2id$")
    log_in(api, "learner9@example.org", "another password", expect=401)


@pytest.mark.slow
def test_ten_thousand_users_are_imported(api, app, earlier, import_users):
    real = bcrypt.hashpw(b"the password of one", bcrypt.gensalt(12)).decode()
    progress = {f"module-{number}": number % 2 == 0 for number in range(5)}
    earlier.add(
        *({"id": number, "progress": progress} for number in range(1, 10_000)),
        {"id": 10_000, "password": real},
    )
    assert "10000 imported, 0 rewritten, 0 skipped" in import_users(earlier.url)
    assert count_users(app) == 10_000
    log_in(api, "learner10000@example.org", "the password of one")
    me = api.get("/users/me", headers=log_in(api, "learner9999@example.org"))
    assert me["progress"] == progress


def test_a_script_reads_what_was_moved_and_what_was_not(app, earlier):
    earlier.add({"id": 1}, {"id": 2, "email": None})
    command = ["users", "import", "--from", earlier.url, "--json"]
    said = json.loads(app.test_cli_runner().invoke(args=command).stdout)
    assert (said["dry_run"], said["outcomes"]) == (False, {"skipped": 1, "imported": 1})
    (note,) = said["notes"]
    assert (note["id"], note["outcome"]) == (2, "skipped")
    assert "email" in note["reason"]
