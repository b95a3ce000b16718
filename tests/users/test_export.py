"""Taking home everything that is kept about me."""

import pytest
import sqlalchemy as sa

from learnpath.auth.recovery import services
from learnpath.db import db
from learnpath.enrollments.models import Invitation
from learnpath.mail import services as mail
from learnpath.users.models import User

# Every column that says whose a row is, and where the row stands in the export. A new table
# about people needs a line here, and a part in the export.
PARTS = {
    "api_keys.created_by": "api_keys",
    "enrollment_events.by_user_id": None,  # one's own stand in the histories of enrollments
    "enrollments.enrolled_by": None,
    "enrollments.user_id": "enrollments",
    "invitations.invited_by": None,
    "known_ips.user_id": "known_addresses",
    "modules.reported_by": "introduced_modules",
    "modules.created_by": None,  # what was written for the catalogue is no personal record
    "one_time_tokens.user_id": "mailed_tokens",
    "path_authors.user_id": None,  # every path shows its authors to everybody
    "progress.user_id": "progress_records",
    "progress.waived_by": None,
    "progress_events.user_id": "progress_events",
    "sessions.user_id": "sessions",
}
SECRETS = ("password", "hash", "digest", "seed", "counter", "bound_to")


@pytest.fixture
def busy(api, app, ada, make, settings):
    """Ada has logged in, reported, made a key, and asked for an email."""
    settings(MAIL_URL="file:///nowhere", MAIL_SENDER="command")
    api.post("/users/login", {"email": ada.email, "password": ada.password},
             headers={"User-Agent": "her phone"})  # fmt: skip
    api.as_(ada).post("/users/me/progress", {"module_id": "loops", "completed": True})
    api.as_(ada).post("/users/me/progress", {"module_id": "trees", "completed": False})
    make.path("python", ["loops"])
    api.as_(ada).post("/paths/python/enrollments", {}, expect=201)
    new = {"name": "robot", "scopes": ["users:read"], "expires_at": "2999-01-01T00:00:00Z"}
    api.as_(ada).post("/api-keys", new, expect=201)
    with app.app_context():  # as it is while an address waits to be confirmed
        db.session.add(Invitation(email=ada.email, path_slug="python"))
        db.session.commit()
    api.post("/auth/password/forgot", {"email": ada.email}, expect=202)
    with app.app_context():
        services.issue_token(services.RESET, ada.email)
        db.session.commit()
    return ada


def test_every_table_about_people_is_thought_of(app):
    with app.app_context():
        about_people = {
            f"{table.name}.{key.parent.name}"
            for table in db.metadata.sorted_tables
            for key in table.foreign_keys
            if key.column.table is User.__table__
        }
    assert about_people == PARTS.keys()


def test_my_account_is_in_it_as_i_know_it(api, busy):
    assert api.as_(busy).get("/users/me/export")["account"] == api.as_(busy).get("/users/me")


def test_every_part_is_in_it(api, busy):
    export = api.as_(busy).get("/users/me/export")
    parts = {part for part in PARTS.values() if part} | {"account", "invitations", "letters"}
    assert export.keys() == parts
    assert all(export.values())
    assert [session["label"] for session in export["sessions"]] == ["", "her phone"]
    assert {row["module_slug"]: row["status"] for row in export["progress_records"]} == {
        "loops": "completed",
        "trees": "in_progress",
    }
    assert export["introduced_modules"] == ["trees"]
    (key,) = export["api_keys"]
    listed = api.as_(busy).get("/api-keys")[0]
    assert key == listed
    (email,) = export["letters"]
    assert (email["kind"], email["address"]) == ("password-reset", busy.email)


def test_no_secret_is_in_it(api, busy):
    def names(part):
        if isinstance(part, dict):
            return {*part, *(name for value in part.values() for name in names(value))}
        if isinstance(part, list):
            return {name for value in part for name in names(value)}
        return set()

    export = api.as_(busy).get("/users/me/export")
    for name in names(export) - {"mailed_tokens", "address_digest"}:
        assert not any(secret in name for secret in SECRETS), name


def test_no_value_of_a_secret_is_in_it(api, app, busy):
    text = repr(api.as_(busy).get("/users/me/export"))
    with app.app_context():
        for column in ("users.password_hash", "sessions.seed", "one_time_tokens.digest",
                       "one_time_tokens.bound_to", "api_keys.digest"):  # fmt: skip
            table, name = column.split(".")
            for value in db.session.scalars(sa.text(f"SELECT {name} FROM {table}")):
                assert value not in text, column


def test_nobody_elses_records_are_in_it(api, alice, busy):
    export = api.as_(alice).get("/users/me/export")
    assert export["account"]["id"] == alice.id
    assert len(export.pop("sessions")) == 1
    del export["account"]
    assert not any(export.values())


def test_what_is_kept_of_emails_goes_with_the_rest(api, app, busy, settings, tmp_path):
    settings(MAIL_URL=tmp_path.as_uri())
    with app.app_context():
        mail.deliver()
        db.session.remove()
    (email,) = api.as_(busy).get("/users/me/export")["letters"]
    assert email["sent_at"].endswith("Z")
