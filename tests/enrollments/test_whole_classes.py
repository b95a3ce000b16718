"""Enrolling whole classes: people with an account, and people who are invited."""

import pytest
import sqlalchemy as sa

from learnpath.auth.recovery import services as recovery_services
from learnpath.clock import rfc3339
from learnpath.db import db
from learnpath.enrollments import services
from learnpath.enrollments.models import Enrollment
from learnpath.users import services as users
from learnpath.users.models import User


@pytest.fixture
def python(make):
    return make.path("python", ["loops"])


@pytest.fixture
def bring_in(cli, tmp_path):
    """Import a table of these bytes; return the result of the command."""

    def bring_in(content, *options):
        file = tmp_path / "class.csv"
        file.write_bytes(content)
        return cli("enrollments", "import", file, *options, expect=None)

    return bring_in


def outcomes(results):
    return [result["result"] for result in results]


def test_people_are_enrolled_or_invited_each_for_themselves(api, alice, ada, make):
    make.path("python", ["loops"])
    body = {"paths": ["python", "nope"], "emails": [alice.email, "new@example.com", "bad"]}
    results = api.as_(ada).post("/enrollments/bulk", body)
    assert outcomes(results) == ["enrolled", "refused", "invited", "refused", "refused", "refused"]
    assert outcomes(api.as_(ada).post("/enrollments/bulk", body))[0] == "already"
    new = {"name": "New", "email": "new@example.com", "password": "a long password"}
    api.post("/users/register", new, expect=201)
    assert len(api.as_(ada).get("/paths/python/enrollments")) == 2


def test_an_invitation_waits_until_the_address_is_confirmed(api, ada, make, settings):
    settings(REQUIRE_VERIFIED_EMAIL=True)
    make.path("python", ["loops"])
    body = {"paths": ["python"], "emails": ["new@example.com"]}
    api.as_(ada).post("/enrollments/bulk", body)
    new = {"name": "New", "email": "new@example.com", "password": "a long password"}
    api.post("/users/register", new, expect=201)
    assert api.as_(ada).get("/paths/python/enrollments") == []


ABOUT = {"due_at": "2030-01-01T00:00:00.000000Z", "note": "Bring a pencil."}


@pytest.fixture
def school(api, ada, python, app, settings):
    """A class of which every other one has an account; one request has enrolled them all."""
    settings(RATE_LIMIT_FACTOR=0)

    def enroll(size):
        emails = [f"learner{number}@example.org" for number in range(size)]
        with app.app_context():
            for email in emails[::2]:
                users.add_account("Learner", email, "-")
            db.session.commit()
        body = {"paths": [python], "emails": emails, **ABOUT}
        results = api.as_(ada).post("/enrollments/bulk", body)
        assert [result["email"] for result in results] == emails
        assert outcomes(results) == ["enrolled", "invited"] * (size // 2)
        return emails[1::2]

    return enroll


@pytest.fixture
def followers(app):
    """Everybody who follows a path by now, by address, with the due date and the note."""

    def look():
        enrolled = sa.select(User.email, Enrollment.due_at, Enrollment.note).join(
            Enrollment, Enrollment.user_id == User.id
        )
        with app.app_context():
            rows = db.session.execute(enrolled)
            return {row.email: {"due_at": rfc3339(row.due_at), "note": row.note} for row in rows}

    return look


@pytest.mark.parametrize("size", [12, pytest.param(300, marks=pytest.mark.exhaustive)])
def test_a_class_is_enrolled_in_one_request_and_who_registers_later_joins_it(
    api, school, followers, size
):
    strangers = school(size)
    for email in strangers:
        new = {"name": "New", "email": email.upper(), "password": "a long password"}
        api.post("/users/register", new, expect=201)
    everybody = [f"learner{number}@example.org" for number in range(size)]
    assert followers() == dict.fromkeys(everybody, ABOUT)


@pytest.mark.parametrize("size", [12, pytest.param(300, marks=pytest.mark.slow)])
def test_where_addresses_are_confirmed_who_was_invited_joins_then(
    api, settings, school, followers, size
):
    settings(REQUIRE_VERIFIED_EMAIL=True)
    strangers = school(size)
    for email in strangers:
        new = {"name": "New", "email": email, "password": "a long password"}
        api.post("/users/register", new, expect=201)
    assert followers().keys().isdisjoint(strangers)
    for email in strangers:
        with api.app.app_context():
            token, _account = recovery_services.issue_token(recovery_services.VERIFY, email)
            db.session.commit()
        api.post("/auth/email/verify", {"token": token}, expect=204)
    everybody = [f"learner{number}@example.org" for number in range(size)]
    assert followers() == dict.fromkeys(everybody, ABOUT)


def test_people_leave_and_invitations_are_taken_back(api, alice, ada, make):
    make.path("python", ["loops"])
    body = {"paths": ["python"], "emails": [alice.email, "new@example.com", "none@example.com"]}
    api.as_(ada).post("/enrollments/bulk", body | {"emails": body["emails"][:2]})
    results = api.as_(ada).post("/enrollments/bulk/withdraw", body)
    assert outcomes(results) == ["withdrawn", "withdrawn", "not_enrolled"]


def test_more_than_five_hundred_results_are_refused(api, ada):
    body = {"paths": ["a", "b"], "emails": [f"p{number}@example.org" for number in range(251)]}
    assert "emails" in api.as_(ada).post("/enrollments/bulk", body, expect=422)["errors"]


@pytest.mark.parametrize("odd", ["\0", "a\0@example.org", "=1+1", "@", "a" * 254, "\u202e@x.de"])
def test_an_odd_address_or_path_is_refused_and_stops_nobody(api, alice, ada, make, odd):
    make.path("python", ["loops"])
    body = {"paths": ["python", odd[:80]], "emails": [odd, alice.email]}
    for url, done in (
        ("/enrollments/bulk", "enrolled"),
        ("/enrollments/bulk/withdraw", "withdrawn"),
    ):
        results = api.as_(ada).post(url, body)
        assert outcomes(results) == ["refused", "refused", done, "refused"]
        assert all(result.get("reason") for result in results if result["result"] == "refused")


def test_a_path_that_closes_meanwhile_refuses_and_stops_nobody(api, alice, ada, make, monkeypatch):
    for slug in ("python", "snakes"):
        make.path(slug, ["loops"])
    enroll = services.enroll

    def closing(user_id, path, **about):
        if path == "python":
            raise services.PathArchived
        return enroll(user_id, path, **about)

    monkeypatch.setattr(services, "enroll", closing)
    body = {"paths": ["python", "snakes"], "emails": [alice.email]}
    assert outcomes(api.as_(ada).post("/enrollments/bulk", body)) == ["refused", "enrolled"]


def test_a_class_comes_in_from_a_table(api, alice, ada, make, tmp_path):
    make.path("python", ["loops"])
    file = tmp_path / "class.csv"
    file.write_text(
        f"email,path,due_at,note\n{alice.email},python,2030-01-01,hello\nnew@example.com,python,,\n"
        "x@example.com,nope,,\n"
    )
    command = ["enrollments", "import", str(file)]
    dry = api.app.test_cli_runner().invoke(args=[*command, "--dry-run"])
    assert "1 enrolled, 1 invited, 1 refused" in dry.output
    assert api.as_(ada).get("/paths/python/enrollments") == []
    done = api.app.test_cli_runner().invoke(args=command)
    assert done.exit_code == 0
    (enrollment,) = api.as_(ada).get("/paths/python/enrollments")
    assert enrollment["due_at"] == "2030-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a@example.org,python,soon,", "due_at: soon is not a time"),
        ("a@example.org,python,0001-01-01T00:00:00+14:00,", "due_at"),
        ("a@example.org,python,9999-12-31T23:59:59-12:00,", "due_at"),
        ("a\0@example.org,python,,", "email: Control characters"),
        ("a@example.org,py\0thon,,", "path: Control characters"),
        ("a@example.org,python,,no\0te", "note: Control characters"),
        (f"a@example.org,python,,{'x' * 501}", "note: Length"),
        (f"{'x' * 255}@example.org,python,,", "email: Length"),
        ("a@example.org", "path: Missing"),
        ('"unclosed', "path: Missing"),
    ],
)
@pytest.mark.usefixtures("python")
def test_a_bad_row_refuses_the_whole_table_with_its_line(api, ada, bring_in, row, why):
    good = f'{ada.email},python,,"two\nlines"'
    answer = bring_in(f"email,path,due_at,note\n{good}\n\n{row}\n".encode())
    assert answer.exit_code == 1
    assert f"line 5: {why}" in answer.output
    assert api.as_(ada).get("/paths/python/enrollments") == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"email;path\n", b"who\nme\n"])
def test_what_is_no_such_table_is_refused_with_a_sentence(bring_in, content):
    answer = bring_in(content)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert answer.output.count("\n") == 1
