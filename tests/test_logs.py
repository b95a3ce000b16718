"""The log: one line per request, with an id, that cannot be forged and has no secret."""

import io
import json
import logging
import logging.config
import re

import pytest

from learnpath.db import db
from learnpath.db.engine import sqlite3
from learnpath.observability.logs import StderrHandler, configuration

FORGERY = "2026-01-01 00:00:00,000 INFO    learnpath.access [-] GET / 200"


@pytest.fixture
def log(app):
    """Write the log to memory as a server writes it to stderr: `log("json")` starts it."""

    def start(form):
        stream = io.StringIO()
        settings = {**app.config, "LOG_FORMAT": form, "LOG_LEVEL": "DEBUG"}
        logging.config.dictConfig(configuration(settings))
        ours = [each for each in logging.root.handlers if isinstance(each, StderrHandler)]
        ours[0].setStream(stream)
        return stream

    yield start
    logging.config.dictConfig(configuration(app.config))


@pytest.fixture
def records(log):
    """Read the lines that were written since the test began, as JSON."""
    stream = log("json")
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_operator_reads_who_asked_what_and_how_it_went(api, alice, records):
    api.as_(alice).get("/users/me?page=2")
    (record,) = records()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", record["time"])
    assert (record["level"], record["logger"]) == ("INFO", "learnpath.access")
    assert (record["method"], record["path"]) == ("GET", "/api/v1/users/me")
    assert (record["status"], record["user_id"]) == (200, alice.id)
    assert record["route"].rstrip("/") == "/api/v1/users/me"
    assert 0 < record["duration_ms"] < 60_000
    assert record["message"].startswith("GET /api/v1/users/me 200 ")


def test_a_refused_request_is_logged_as_well(app, records):
    client = app.test_client()
    client.get("/no-such-page")
    client.post("/docs")
    client.get("/api/v1/users/me")
    client.post("/api/v1/users/login", data="{", content_type="application/json")
    found = [(record["status"], record["route"], record["user_id"]) for record in records()]
    assert found == [
        (404, None, None),
        (405, None, None),
        (401, "/api/v1/users/me", None),
        (400, "/api/v1/users/login", None),
    ]


@pytest.mark.parametrize("url", ["/", "/api/v1/paths", "/no-such-page", "/static/site.css"])
def test_every_answer_carries_the_id_that_the_log_has(app, records, url):
    with app.test_client().get(url) as answer:
        made = answer.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert [record["request_id"] for record in records()] == [made]


def test_no_two_requests_have_the_same_id(app):
    client = app.test_client()
    assert len({client.get("/").headers["X-Request-ID"] for _ in range(20)}) == 20


@pytest.mark.parametrize("given", ["a1b2c3d4", "trace-1.2_3-Z", "a" * 64])
def test_an_id_that_a_proxy_gave_is_taken_over(app, records, given):
    answer = app.test_client().get("/", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] == given
    assert records()[0]["request_id"] == given


@pytest.mark.parametrize(
    "given",
    ["", "short", "a" * 65, "two words", "ümlaut-id", "a1b2c3d4\r\nforged", "a1b2c3d4\n",
     "a1b2c3d4\x00", "a1b2c3d4,b1b2c3d4", '{"id": "a1b2c3d4"}', "<script>alert(1)"],
)  # fmt: skip
def test_an_id_that_could_do_harm_is_replaced(app, records, given):
    answer = app.test_client().get("/", environ_overrides={"HTTP_X_REQUEST_ID": given})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert [record["request_id"] for record in records()] == [answer.headers["X-Request-ID"]]


LINE_BREAKS = ["%0D%0A", "%0A", "%0D", "%0B", "%0C", "%C2%85", "%E2%80%A8", "%1B%5B2K%0D", "%00"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("form", ["json", "plain"])
@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_nobody_forges_a_line_by_a_break_in_the_address(app, log, form, line_break):
    stream = log(form)
    app.test_client().get(f"/api/v1/paths/a{line_break}{FORGERY}")
    (line,) = stream.getvalue().splitlines()
    assert line.isprintable()
    assert not line.startswith("2026-01-01")


@pytest.mark.parametrize("form", ["json", "plain"])
@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\x0b", "\u2028"])
def test_nobody_forges_a_line_by_a_break_in_an_error(log, form, line_break):
    stream = log(form)
    try:
        raise ValueError(f"not a number: {line_break}{FORGERY}")
    except ValueError:
        logging.getLogger("learnpath").exception("it broke%s%s", line_break, FORGERY)
    lines = stream.getvalue().splitlines()
    assert not any(line.startswith("2026-01-01") for line in lines)
    assert "ValueError" in stream.getvalue()


def test_nobody_forges_a_line_though_another_handler_wrote_the_error_first(log):
    stream = log("plain")
    logger = logging.getLogger("learnpath")
    other = logging.StreamHandler(io.StringIO())
    logger.addHandler(other)
    try:
        raise ValueError(f"not a number: \n{FORGERY}")
    except ValueError:
        logger.exception("it broke")
    finally:
        logger.removeHandler(other)
    assert f"    {FORGERY}" in stream.getvalue().splitlines()


def test_a_plain_line_is_for_people(app, log):
    stream = log("plain")
    app.test_client().get("/", headers={"X-Request-ID": "a1b2c3d4"})
    assert re.fullmatch(
        r"[-\d]{10} [:\d]{8},\d{3} INFO    learnpath.access \[a1b2c3d4\] GET / 200 [\d.]+ ms\n",
        stream.getvalue(),
    )


def test_no_fact_passes_for_a_part_of_the_line(records, app):
    facts = {"message": "forged", "level": "INFO", "request_id": "forged", "disk": "sda"}
    logging.getLogger("learnpath").warning("nearly full", extra={"fields": facts})
    (record,) = records()
    output = [record[name] for name in ("message", "level", "request_id", "disk")]
    assert output == ["nearly full", "WARNING", "-", "sda"]


def test_a_line_from_outside_any_request_has_no_id(records, app):
    logging.getLogger("learnpath").warning("the disk is nearly full")
    assert records()[0]["request_id"] == "-"


def test_a_very_long_address_is_cut(app, records):
    app.test_client().get("/" + "a" * 5000)
    assert len(records()[0]["path"]) == 200


@pytest.mark.parametrize("form", ["json", "plain"])
def test_no_password_and_no_token_is_ever_in_a_line(app, api, alice, log, form):
    stream = log(form)
    secret, wrong = "walrus-teapot-4711", "walrus-teapot-0815"
    zoe = {"name": "Zoe", "email": "zoe@example.org", "password": secret}
    login = {"email": "zoe@example.org", "password": secret}
    api.post("/users/register", zoe, expect=201)
    api.post("/users/register", zoe, expect=409)
    api.post("/users/register", {**zoe, "unknown": secret}, expect=422)
    token = api.post("/users/login", login)["access_token"]
    api.post("/users/login", {**login, "password": wrong}, expect=401)
    form_login = {"username": "zoe@example.org", "password": secret}
    assert app.test_client().post("/api/v1/users/login", data=form_login).status_code == 200
    api.get("/users/me", headers={"Authorization": f"Bearer {token}"})
    api.get("/users/me", expect=401, headers={"Authorization": f"Bearer {token}x"})
    api.get(f"/users/me?access_token={token}", expect=401)
    change = {"password": f"{secret}-new", "current_password": wrong}
    api.put("/users/me", change, expect=422, headers={"Authorization": f"Bearer {token}"})
    written = stream.getvalue()
    assert len(written.splitlines()) >= 10
    for private in (secret, wrong, token, token.split(".")[2], "argon2"):
        assert private not in written


def test_a_database_in_trouble_does_not_spill_what_it_was_told(log, make_app, tmp_path):
    file = tmp_path / "busy.db"
    service = make_app(DATABASE_URL=f"sqlite:///{file}", SQLITE_BUSY_TIMEOUT=0)
    with service.app_context():
        db.create_all()
    stream = log("json")
    other = sqlite3.connect(file)
    other.execute("BEGIN IMMEDIATE")  # another program holds the write lock
    zoe = {"name": "Zoe", "email": "zoe@example.org", "password": "walrus-teapot-4711"}
    answer = service.test_client().post("/api/v1/users/register", json=zoe)
    other.close()
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/unavailable")
    output = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert "database is locked" in output[0]["exc_info"]
    assert {record["request_id"] for record in output} == {answer.headers["X-Request-ID"]}
    for private in ("walrus", "argon2", "zoe@example.org"):
        assert private not in stream.getvalue()
