"""Whatever body is sent, the answer is a clear refusal: never a 5xx, and nothing is written."""

import json

import pytest

from .cast import PASSWORD
from .cpu_limit import cpu_time_limit
from .test_errors import assert_is_problem

pytestmark = pytest.mark.exhaustive

ALICE = {"name": "Alice", "email": "alice@example.org", "password": PASSWORD}
REPORT = {"module_id": "loops", "completed": True}

NOT_JSON = {
    "nothing in quotes": b'""x',
    "an open object": b'{"name": "Alice"',
    "a comma too many": b'{"name": "Alice",}',
    "single quotes": b"{'name': 'Alice'}",
    "a comment": b'{"name": "Alice"} // hello',
    "two values": b"{}{}",
    "a tab in a string": b'{"name": "A\tB"}',
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "a key twice": b'{"email": "alice@example.org", "email": "ada@example.org"}',
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a lone surrogate as a key": b'{"\\udfff": 1}',
    "bad UTF-8": b'{"name": "\xff"}',
    "a surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "UTF-16": '{"name": "Alice"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"name": "Alice"}',
    "100,000 open brackets": b"[" * 100_000 + b"]" * 100_000,
    "100,000 open objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number of 5,000 digits": b'{"name": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("url", ["/users/register", "/users/login"])
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_not_proper_json_is_refused(api, url, body):
    api.post(url, data=body, content_type="application/json", expect=400)
    assert_is_problem(api.last, 400, "bad-request")
    assert len(api.last.data) < 1000


@pytest.mark.parametrize("value", [[], [1], "text", 1, True, None, 1e308])
def test_a_body_that_is_no_object_is_refused(api, alice, value):
    for url in ("/users/register", "/users/login"):
        api.post(url, data=json.dumps(value), content_type="application/json", expect=422)
    me = api.as_(alice)
    me.post(
        "/users/me/progress", data=json.dumps(value), content_type="application/json", expect=422
    )
    me.put("/users/me", data=json.dumps(value), content_type="application/json", expect=422)


CONTENT_TYPES = [
    "",
    "text/plain",
    "text/json",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/json; charset=nonsense",
]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_a_body_in_another_form_is_refused(api, content_type):
    api.post("/users/register", data=json.dumps(ALICE), content_type=content_type, expect=415)
    assert_is_problem(api.last, 415, "unsupported-media-type")


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "gzip, gzip", "nonsense"])
def test_a_compressed_body_is_refused(api, coding):
    headers = {"Content-Encoding": coding}
    api.post("/users/register", ALICE, headers=headers, expect=415)


FIELDS_OF_OTHERS = {
    "id": 1,
    "role": "admin",
    "status": "active",
    "is_admin": True,
    "password_hash": "$argon2id$",
    "email_verified": True,
    "created_at": "2020-01-01T00:00:00Z",
    "progress": {"loops": True},
    "__proto__": {"role": "admin"},
    "constructor": {},
}


@pytest.mark.parametrize(("field", "value"), FIELDS_OF_OTHERS.items(), ids=FIELDS_OF_OTHERS)
def test_nobody_writes_a_field_that_is_not_theirs(api, alice, field, value):
    before = api.as_(alice).get("/users/me")
    refusals = [
        api.post("/users/register", {**ALICE, "email": "new@example.org", field: value}, 422),
        api.post("/users/login", {"email": alice.email, "password": PASSWORD, field: value}, 422),
        api.as_(alice).put("/users/me", {"name": "Eve", field: value}, 422),
        api.as_(alice).post("/users/me/progress", {**REPORT, field: value}, 422),
    ]
    for problem in refusals:
        assert field in problem["errors"]
    assert api.as_(alice).get("/users/me") == before


WRONG_TYPES = [5, 1.5, True, [], ["Alice"], {}, {"$ne": ""}]


@pytest.mark.parametrize("value", WRONG_TYPES, ids=repr)
@pytest.mark.parametrize("field", ["name", "email", "password", "learning_path", "timezone"])
def test_a_text_is_a_text(api, alice, field, value):
    assert field in api.as_(alice).put("/users/me", {field: value}, 422)["errors"]
    if field in ALICE:
        assert field in api.post("/users/register", {**ALICE, field: value}, 422)["errors"]


@pytest.mark.parametrize("value", ["true", "yes", "on", 1, 0, 1.0, "", None, [], {}], ids=repr)
def test_true_is_not_yes(api, alice, value):
    report = {**REPORT, "completed": value}
    assert "completed" in api.as_(alice).post("/users/me/progress", report, 422)["errors"]
    assert api.as_(alice).get("/users/me")["progress"] == {}


CONTROLS = {
    "NUL": "a\x00b",
    "ESC": "a\x1b[31mb",
    "CR LF": "a\r\nb",
    "a tab": "a\tb",
    "DEL": "a\x7fb",
    "a C1 control": "a\x85b",
    "a line separator": "a\u2028b",
}


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS)
def test_control_characters_are_refused(api, alice, text):
    for field, value in {"name": text, "learning_path": text, "timezone": text}.items():
        assert field in api.as_(alice).put("/users/me", {field: value}, 422)["errors"]
    email = {"email": f"{text}@example.org", "current_password": PASSWORD}
    assert "email" in api.as_(alice).put("/users/me", email, 422)["errors"]
    api.as_(alice).post("/users/me/progress", {**REPORT, "module_id": text}, 422)
    assert "q" in api.get("/paths", query_string={"q": text}, expect=422)["errors"]


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS)
def test_a_password_may_have_any_character(api, text):
    password = f"{text} and a few more words"
    api.post("/users/register", {**ALICE, "password": password}, 201)
    api.post("/users/login", {"email": ALICE["email"], "password": password})
    without_it = password.replace(text[1:-1], "")
    api.post("/users/login", {"email": ALICE["email"], "password": without_it}, 401)


VOLUMES = {
    "50,000 keys": {f"key{number}": 1 for number in range(50_000)},
    "a key of 500 kB": {**ALICE, "k" * 500_000: 1},
    "a password of 500 kB": {**ALICE, "password": "p" * 500_000},
    "a name of 500 kB": {**ALICE, "name": "n" * 500_000},
    "500 kB of blanks": {**ALICE, "name": " " * 500_000},
    "a list of 100,000": {**ALICE, "name": [0] * 100_000},
    "an email address of 500 kB": {**ALICE, "email": "e" * 500_000 + "@example.org"},
    "an email address of dots": {**ALICE, "email": "a" + "." * 250 + "@example.org"},
    "an email address of at signs": {**ALICE, "email": "@" * 250},
}


@pytest.mark.parametrize("body", VOLUMES.values(), ids=VOLUMES)
def test_too_much_of_something_is_refused_quickly_and_briefly(api, body):
    with cpu_time_limit():
        api.post("/users/register", body, 422)
    assert len(api.last.data) < 10_000


def test_a_login_with_a_huge_password_is_refused_quickly(api, alice):
    form = {"username": alice.email, "password": "p" * 500_000}
    with cpu_time_limit():
        api.post("/users/login", {"email": alice.email, "password": "p" * 500_000}, 422)
        api.post("/users/login", data=form, expect=422)


def test_a_form_of_many_fields_is_refused_quickly(api):
    with cpu_time_limit():
        api.post("/users/login", data={f"key{number}": 1 for number in range(50_000)}, expect=422)
