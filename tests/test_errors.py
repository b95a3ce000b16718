"""One shape of refusal, whatever broke: problem details by RFC 9457."""

import json

import pytest

from learnpath import create_app
from learnpath.config import SETTINGS as TABLE
from learnpath.errors import Problem

from .apps import SETTINGS

JSON = {"content_type": "application/json"}
TOO_LONG = 1024 * 1024 + 1


def assert_is_problem(response, status, name):
    problem = response.get_json()
    assert response.status_code == status, problem
    assert response.mimetype == "application/problem+json"
    assert problem["type"] == f"/problems/{name}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


# what was asked → the status and the name of the problem
REFUSALS = {
    "an unknown page": (("GET", "/nothing/here", {}), 404, "not-found"),
    "an unknown address of the API": (("GET", "/api/v1/nothing", {}), 404, "not-found"),
    "an unknown module": (("GET", "/api/v1/modules/nothing", {}), 404, "module-not-found"),
    "an unknown path": (("GET", "/api/v1/paths/nothing", {}), 404, "path-not-found"),
    "an unknown problem": (("GET", "/problems/nothing", {}), 404, "not-found"),
    "an unknown file": (("GET", "/static/nothing.js", {}), 404, "not-found"),
    "a verb nobody knows": (("BREW", "/api/v1/users/me", {}), 405, "method-not-allowed"),
    "TRACE": (("TRACE", "/api/v1/users/me", {}), 405, "method-not-allowed"),
    "no token": (("GET", "/api/v1/users/me", {}), 401, "unauthorized"),
    "malformed JSON": (
        ("POST", "/api/v1/users/register", {"data": '{"name":', **JSON}),
        400,
        "bad-request",
    ),
    "no body": (("POST", "/api/v1/users/register", {}), 400, "bad-request"),
    "missing fields": (("POST", "/api/v1/users/register", {"json": {}}), 422, "invalid-input"),
    "a form": (
        ("POST", "/api/v1/users/register", {"data": {"name": "Alice"}}),
        415,
        "unsupported-media-type",
    ),
    "a body over the limit": (
        ("POST", "/api/v1/users/register", {"data": b" " * TOO_LONG, **JSON}),
        413,
        "request-entity-too-large",
    ),
    "a body that only says it is over the limit": (
        (
            "POST",
            "/api/v1/users/register",
            {"data": "{}", "environ_overrides": {"CONTENT_LENGTH": str(TOO_LONG)}, **JSON},
        ),
        413,
        "request-entity-too-large",
    ),
    "a form over the limit": (
        ("POST", "/api/v1/users/login", {"data": {"username": "a" * TOO_LONG}}),
        413,
        "request-entity-too-large",
    ),
}


@pytest.mark.parametrize(("asked", "status", "name"), REFUSALS.values(), ids=REFUSALS)
def test_every_refusal_has_one_shape(app, asked, status, name):
    method, url, more = asked
    client = app.test_client()
    problem = assert_is_problem(client.open(url, method=method, **more), status, name)
    assert problem["instance"] == url
    assert client.get(problem["type"]).status_code == 200, "the type leads to its explanation"


def test_a_wrong_verb_is_told_the_right_ones(app):
    answer = app.test_client().delete("/api/v1/users/register")
    assert_is_problem(answer, 405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        ({}, 'Bearer realm="learnpath"'),
        ({"Authorization": "Basic YTpi"}, 'Bearer realm="learnpath"'),
        (
            {"Authorization": "Bearer nonsense"},
            'Bearer realm="learnpath", error="invalid_token"',
        ),
    ],
    ids=["no token", "another scheme", "a bad token"],
)
def test_a_stranger_is_told_how_to_come_in(app, header, challenge):
    answer = app.test_client().get("/api/v1/users/me", headers=header)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == challenge


def test_bad_fields_are_named_with_their_faults(api):
    problem = api.post("/users/register", {"name": "", "email": "no", "extra": 1}, expect=422)
    assert set(problem["errors"]) == {"name", "email", "password", "extra"}
    for messages in problem["errors"].values():
        assert all(isinstance(message, str) for message in messages)


def test_a_long_value_is_not_sent_back(api):
    api.post("/users/register", {"name": "x" * 100_000, "x" * 300: 1}, expect=422)
    assert len(api.last.data) < 2000


def test_a_forbidden_thing_does_not_tell_whether_it_exists(api, alice, mallory):
    existing = api.as_(mallory).get(f"/users/{alice.id}", expect=403)
    missing = api.as_(mallory).get("/users/999999", expect=403)
    assert {**existing, "instance": ""} == {**missing, "instance": ""}


@pytest.mark.parametrize("name", sorted(Problem.registry))
@pytest.mark.exhaustive
def test_every_type_leads_to_its_explanation(app, name):
    client = app.test_client()
    explanation = client.get(f"/problems/{name}", headers={"Accept": "application/json"}).json
    assert explanation["type"] == f"/problems/{name}"
    assert explanation["meaning"]
    page = client.get(f"/problems/{name}", headers={"Accept": "text/html"})
    assert page.mimetype == "text/html"
    assert explanation["title"] in page.text


@pytest.fixture
def production(empty_database):
    """Make an app of its own, in production, with the settings given."""

    def make(**settings):
        secret = {"ENVIRONMENT": "production", "LOG_LEVEL": "ERROR"}
        database = {"DATABASE_URL": empty_database("sqlite")}
        return create_app({**SETTINGS, **secret, **database, **settings})

    return make


def test_a_fault_of_ours_is_a_500_that_tells_nothing(production, capsys):
    app = production()

    @app.get("/broken")
    def broken():
        raise RuntimeError("secret-of-the-house")

    answer = app.test_client().get("/broken")
    problem = assert_is_problem(answer, 500, "internal-server-error")
    assert app.test_client().get(problem["type"]).status_code == 200
    assert "secret-of-the-house" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["X-Request-ID"]
    assert "secret-of-the-house" in capsys.readouterr().err, "the log has the cause"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://learnpath:hidden@127.0.0.1:1/none",
        "sqlite:////nowhere/at/all/learnpath.db",
    ],
    ids=["postgresql", "sqlite"],
)
@pytest.mark.parametrize("asked", ["/users/login", "/users/register"])
def test_without_its_database_the_service_asks_to_come_again(production, url, asked, capsys):
    app = production(DATABASE_URL=url)
    person = {"email": "alice@example.org", "password": "correct horse battery"}
    if asked == "/users/register":
        person["name"] = "Alice"
    answer = app.test_client().post(f"/api/v1{asked}", json=person)
    assert_is_problem(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    for internal in ("sql", "127.0.0.1", "nowhere", "hidden", "refused"):
        assert internal not in answer.text.lower()
    assert "database unavailable" in capsys.readouterr().err


def test_no_setting_can_be_found_in_an_answer(app):
    answer = app.test_client().get("/api/v1/users/me")
    for setting in TABLE:
        assert setting.name not in answer.text
    assert app.config["SECRET_KEY"] not in json.dumps(dict(answer.headers))
