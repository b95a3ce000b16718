"""Rows of the earlier service that do not fit are reported and do not stop the others."""

import pytest

from .legacy_db import HASH, PASSWORD, Earlier

pytestmark = pytest.mark.exhaustive

GOOD = ({"id": 1}, {"id": 3})


def log_in(api, email, password=PASSWORD, expect=200):
    tokens = api.post("/users/login", {"email": email, "password": password}, expect=expect)
    return {"headers": {"Authorization": f"Bearer {tokens.get('access_token')}"}}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"email": None}, "there is no usable email address"),
        ({"email": ""}, "there is no usable email address"),
        ({"email": "  "}, "there is no usable email address"),
        ({"email": "nobody"}, "there is no usable email address"),
        ({"email": "a\nb@example.org"}, "there is no usable email address"),
        ({"email": "a\0b@example.org"}, "there is no usable email address"),
        ({"email": "a" * 250 + "@example.org"}, "there is no usable email address"),
        ({"email": 7}, "there is no usable email address"),
        ({"email": "LEARNER1@example.org"}, "another account has the same email address"),
        ({"email": " learner1@EXAMPLE.org\t"}, "another account has the same email address"),
        ({"id": 0}, "the id is not a whole number"),
        ({"id": -7}, "the id is not a whole number"),
        ({"id": 2**31}, "the id is not a whole number"),
        ({"id": 2**62}, "the id is not a whole number"),
    ],
)
def test_a_row_that_cannot_become_an_account_is_skipped(api, earlier, import_users, row, why):
    bad = {"id": 2} | row
    earlier.add(*GOOD, bad)
    said = import_users(earlier.url)
    assert f"skipped {bad['id']}: {why}" in said
    assert "2 imported, 0 rewritten, 1 skipped" in said
    log_in(api, "learner3@example.org")


@pytest.mark.parametrize(
    "fate",
    [
        ({"name": None}, {"name": "User 2"}, "name"),
        ({"name": ""}, {"name": "User 2"}, "name"),
        ({"name": " \n "}, {"name": "User 2"}, "name"),
        ({"name": "Ann\0a\x1b"}, {"name": "Anna"}, "name"),
        ({"name": "n" * 500}, {"name": "n" * 120}, "name"),
        ({"name": "Ann\nAdmin"}, {"name": "AnnAdmin"}, "name"),
        ({"email": " B@Example.ORG"}, {"email": "b@example.org"}, "email"),
        ({"learning_path": ""}, {"learning_path": None}, "learning_path"),
        ({"learning_path": "p" * 500}, {"learning_path": "p" * 120}, "learning_path"),
        ({"learning_path": "Py\0thon"}, {"learning_path": "Python"}, "learning_path"),
        ({"created_at": None, "updated_at": None}, {}, "created_at (there was no usable time)"),
        ({"created_at": "yesterday"}, {}, "created_at (there was no usable time)"),
        ({"created_at": "0001-01-01 00:00:00+14:00"}, {}, "created_at (there was no usable time)"),
        ({"updated_at": "9999-12-31 23:59:59-14:00"}, {}, "updated_at (there was no usable time)"),
        ({"updated_at": 1700000000}, {}, "updated_at (there was no usable time)"),
        ({"progress": "{"}, {"progress": {}}, "progress (not a JSON object; dropped)"),
        ({"progress": "[]"}, {"progress": {}}, "progress (not a JSON object; dropped)"),
        ({"progress": "null"}, {"progress": {}}, "progress (not a JSON object; dropped)"),
        ({"progress": "7" * 5000}, {"progress": {}}, "progress (not a JSON object; dropped)"),
        ({"progress": "[" * 100_000}, {"progress": {}}, "progress (not a JSON object; dropped)"),
        (
            {"progress": {"loops": True, "trees": "yes", "a b": True, "": True, "events": True}},
            {"progress": {"loops": True}},
            "progress (dropped 'trees', 'a b', '', 'events')",
        ),
        ({"progress": '{"a\\u0000b": true}'}, {"progress": {}}, r"progress (dropped 'a\x00b')"),
        ({"progress": '{"\\ud800": true}'}, {"progress": {}}, r"progress (dropped '\ud800')"),
    ],
)
def test_a_row_that_does_not_fit_is_rewritten(api, earlier, import_users, fate):
    row, shown, why = fate
    earlier.add(*GOOD, {"id": 2} | row)
    said = import_users(earlier.url)
    assert f"  rewritten 2: {why}\n" in said.replace(", updated_at (there was no usable time)", "")
    assert "2 imported, 1 rewritten, 0 skipped" in said
    email = shown.get("email", "learner2@example.org")
    me = api.get("/users/me", **log_in(api, email))
    assert {name: me[name] for name in shown} == shown


@pytest.mark.parametrize("progress", [None, "", "{}"])
def test_no_progress_is_nothing_to_rewrite(earlier, import_users, progress):
    earlier.add({"id": 1, "progress": progress})
    assert "1 imported, 0 rewritten" in import_users(earlier.url)


def test_who_was_never_changed_was_last_changed_at_the_beginning(api, earlier, import_users):
    earlier.add({"id": 1, "updated_at": None})
    assert "1 imported, 0 rewritten" in import_users(earlier.url)
    me = api.get("/users/me", **log_in(api, "learner1@example.org"))
    assert me["updated_at"] == me["created_at"] == "2024-03-01T08:30:00.123456Z"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("2024-03-01 08:30:00", "2024-03-01T08:30:00.000000Z"),
        ("2024-03-01T08:30:00Z", "2024-03-01T08:30:00.000000Z"),
        ("2024-03-01 08:30:00+02:00", "2024-03-01T06:30:00.000000Z"),
        ("2024-03-01", "2024-03-01T00:00:00.000000Z"),
    ],
)
def test_a_time_without_an_offset_is_utc(api, earlier, import_users, stored, shown):
    earlier.add({"id": 1, "created_at": stored})
    assert "1 imported" in import_users(earlier.url)
    me = api.get("/users/me", **log_in(api, "learner1@example.org"))
    assert me["created_at"] == shown


@pytest.mark.parametrize(
    "password",
    [None, "", "plain text", "$2b$12$short", "$2b$12$" + "\0" * 53, "$2b$12$" + "é" * 53,
     "$argon2id$" + "x" * 300, "$1$md5crypt$" + "x" * 22, "\udcff".encode("utf-8", "replace")],
)  # fmt: skip
def test_a_password_that_is_no_hash_opens_nothing(api, earlier, import_users, password):
    earlier.add(*GOOD, {"id": 2, "password": password})
    assert "  rewritten 2: password (no hash" in import_users(earlier.url)
    for tried in ("plain text", "!", ""):
        log_in(api, "learner2@example.org", tried, expect=401)


def test_a_hash_that_was_stored_as_bytes_is_a_hash(api, earlier, import_users):
    earlier.add({"id": 1, "password": HASH.encode()})
    assert "1 imported" in import_users(earlier.url)
    log_in(api, "learner1@example.org")


@pytest.mark.parametrize(
    "email",
    ["bob@localhost", "first.last@intranet", '"two words"@example.org', "müller@example.de",
     "a..b@example.org", "x@[127.0.0.1]", "UPPER@LOCALHOST", "dotless\u0131@example.org"],
)  # fmt: skip
@pytest.mark.parametrize("spelled", [str, str.upper, lambda email: f"  {email} "])
def test_an_odd_old_address_can_log_in(api, earlier, import_users, email, spelled):
    earlier.add({"id": 1, "email": email})
    import_users(earlier.url)
    if spelled is str.upper and not email.isascii():
        return
    log_in(api, spelled(email))


def test_text_that_is_not_utf8_spoils_only_its_own_row(api, earlier, import_users):
    earlier.add(*({"id": number} for number in range(1, 8)))
    spoiled = ("name", "email", "password", "learning_path", "progress", "created_at", "updated_at")
    for number, column in enumerate(spoiled, 1):
        earlier.run(f"UPDATE users SET {column} = CAST(x'41ff40' AS TEXT) WHERE id = {number}")
    said = import_users(earlier.url)
    assert "0 imported, 6 rewritten, 1 skipped" in said
    assert "skipped 2: there is no usable email address" in said
    assert api.get("/users/me", **log_in(api, "learner1@example.org"))["name"] == "A@"


def test_times_that_no_driver_reads_are_rewritten(api, import_users, empty_database):
    earlier = Earlier(empty_database("postgresql"))
    earlier.add(
        {"id": 1}, {"id": 2, "created_at": "infinity"}, {"id": 3, "updated_at": "4713-01-01 BC"}
    )
    said = import_users(earlier.url)
    assert "rewritten 2: created_at" in said
    assert "rewritten 3: updated_at" in said


def test_json_columns_and_aware_times_are_read_too(api, import_users, empty_database):
    earlier = Earlier(empty_database("postgresql"))
    earlier.run("ALTER TABLE users ALTER progress TYPE JSONB USING progress::JSONB")
    earlier.run("ALTER TABLE users ALTER created_at TYPE TIMESTAMPTZ")
    database = earlier.engine.url.database
    earlier.run(f"ALTER DATABASE \"{database}\" SET datestyle = 'German'")
    earlier.add({"id": 1, "progress": '{"loops": true}', "created_at": "2024-03-01 08:30:00+02"})
    assert "1 imported" in import_users(earlier.url)
    me = api.get("/users/me", **log_in(api, "learner1@example.org"))
    assert (me["progress"], me["created_at"]) == ({"loops": True}, "2024-03-01T06:30:00.000000Z")


def test_a_table_without_a_key_may_hold_an_id_twice(import_users, empty_database):
    columns = "name, email, password, learning_path, progress, created_at, updated_at"
    earlier = Earlier(empty_database("sqlite"), f"CREATE TABLE users (id, {columns})")
    earlier.add(
        {"id": 1}, {"id": 1, "email": "b@example.org"}, {"id": None}, {"id": "x\ny"}, {"id": 2.5}
    )
    said = import_users(earlier.url)
    assert "1 imported, 0 rewritten, 4 skipped" in said
    assert "skipped 1: another account has the same id" in said
    assert r"skipped 'x\ny': the id is not a whole number" in said


# A database that cannot be read is a sentence.


def test_a_file_that_is_not_there_is_not_made(tmp_path, import_users):
    missing = tmp_path / "nothing.db"
    assert f"There is no file {missing}." in import_users(f"sqlite:///{missing}", expect=1)
    assert not missing.exists()


def test_a_folder_is_no_file(tmp_path, import_users):
    assert "There is no file" in import_users(f"sqlite:///{tmp_path}", expect=1)


def test_a_file_that_is_no_database(tmp_path, import_users):
    (tmp_path / "text.db").write_text("hello " * 1000)
    assert "not a database" in import_users(f"sqlite:///{tmp_path / 'text.db'}", expect=1)


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_a_database_without_users(import_users, empty_database, source):
    earlier = Earlier(empty_database(source), "CREATE TABLE people (id INTEGER)")
    assert "There is no readable table `users` there: " in import_users(earlier.url, expect=1)


@pytest.mark.parametrize("column", ["password", "progress", "updated_at"])
@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_a_table_without_a_column(app, import_users, empty_database, source, column):
    earlier = Earlier(empty_database(source))
    earlier.run(f"ALTER TABLE users DROP COLUMN {column}")
    said = import_users(earlier.url, expect=1)
    assert "There is no readable table `users` there: " in said
    assert column in said


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:",
     "postgresql://postgres:hush-hush@127.0.0.1:1/db", "postgresql://h:notaport/db"],
)  # fmt: skip
def test_an_address_that_is_no_database_is_a_sentence_without_the_password(import_users, url):
    said = import_users(url, expect=1)
    assert said.startswith("Error: ")
    assert "hush-hush" not in said


def test_an_empty_table_is_nothing_to_do(earlier, import_users):
    assert "0 imported, 0 rewritten, 0 skipped" in import_users(earlier.url)
