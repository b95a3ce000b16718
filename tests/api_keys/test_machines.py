"""What a machine with an API key may do: what its scopes say, for any user, never as an admin."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from learnpath.api_keys.models import ApiKey
from learnpath.clock import now
from learnpath.db import db
from learnpath.permissions import SCOPES

REPORT = {"module_id": "loops", "completed": True}


def test_a_machine_reports_for_any_user(api, alice, mallory, make):
    key = make.key("progress:write")
    for user in (alice, mallory):
        answer = api.as_(key).post(f"/users/{user.id}/progress", REPORT)
        assert (answer["id"], answer["progress"]) == (user.id, {"loops": True})


def test_a_machine_reads_users_and_the_list_of_users(api, alice, make):
    key = make.key("users:read")
    assert api.as_(key).get(f"/users/{alice.id}")["email"] == alice.email
    assert [user["id"] for user in api.as_(key).get("/users/")] == [alice.id]


def test_scopes_add_up(api, alice, make):
    key = make.key("users:read", "progress:write")
    api.as_(key).get(f"/users/{alice.id}")
    api.as_(key).post(f"/users/{alice.id}/progress", REPORT)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "/users/me"),
        ("PUT", "/users/me"),
        ("DELETE", "/users/me"),
        ("GET", "/users/me/export"),
        ("GET", "/users/me/sessions"),
        ("PATCH", "/users/me/role"),
        ("PATCH", "/users/me/status"),
        ("POST", "/users/me/progress"),
        ("GET", "/auth/sessions"),
        ("POST", "/auth/logout"),
        ("POST", "/auth/logout-all"),
    ],
)
def test_a_machine_is_nobodys_me(api, alice, make, method, url):
    key = make.key("users:read", "progress:read", "progress:write", "enrollments:write")
    assert api.as_(key).status_of(method, url, REPORT if method != "GET" else None) == 403


def test_a_machine_is_told_of_a_user_who_is_not_there(api, make):
    api.as_(make.key("progress:write")).post("/users/7654321/progress", REPORT, expect=404)


def test_only_a_machine_that_writes_the_catalogue_sees_drafts(api, make):
    make.module("unfinished", status="draft")
    other = make.key(*(scope for scope in SCOPES if scope != "catalogue:write"))
    api.as_(other).get("/modules/unfinished", expect=404)
    api.as_(other).get("/modules?status=uncatalogued", expect=403)
    api.as_(make.key("catalogue:write")).get("/modules/unfinished")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_word_bearer_may_be_written_in_any_case(api, alice, make, scheme):
    key = make.key("users:read").token
    api.get(f"/users/{alice.id}", headers={"Authorization": f"{scheme} {key}"})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1],
        lambda key: key + "A",
        lambda key: key.upper(),
        lambda key: "lp_" + "A" * 43,
        lambda key: "lp_",
        lambda key: key.removeprefix("lp_"),
        lambda key: "lp_" + key,
        lambda key: key + " " + key,
        lambda key: "lp_' OR '1'='1",
        lambda key: "lp_" + "é" * 43,
    ],
)
def test_a_key_that_was_never_made_is_refused(api, alice, make, spoil):
    bad = spoil(make.key("users:read").token)
    asking = api.as_(alice)
    asking.get(f"/users/{alice.id}", expect=401, headers={"Authorization": f"Bearer {bad}"})
    assert asking.last.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("way", ["?api_key=KEY", "?access_token=KEY"])
def test_a_key_in_the_address_is_no_key(api, alice, make, way):
    key = make.key("users:read").token
    api.get(f"/users/{alice.id}{way.replace('KEY', key)}", expect=401)


def test_a_key_lives_until_it_expires(api, ada, alice):
    end = now() + timedelta(days=30)
    new = {"name": "for a month", "scopes": ["users:read"], "expires_at": end.isoformat()}
    key = api.as_(ada).post("/api-keys", new, expect=201)["key"]
    with_key = {"headers": {"Authorization": f"Bearer {key}"}}
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        api.get(f"/users/{alice.id}", **with_key)
    with time_machine.travel(end, tick=False):
        answer = api.get(f"/users/{alice.id}", **with_key, expect=401)
    assert answer["type"] == "/problems/invalid-api-key"


def last_use(app):
    with app.app_context():
        return db.session.scalar(sa.select(ApiKey.last_used_at))


def test_the_last_use_is_noted_at_most_every_five_minutes(app, api, alice, make, queries):
    start = now()
    key = make.key("users:read")
    assert last_use(app) is None
    for seconds, logged_lines in ((0, 0), (1, 0), (299, 0), (301, 301), (302, 301), (700, 700)):
        queries.clear()
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            api.as_(key).get(f"/users/{alice.id}")
        assert last_use(app) == start + timedelta(seconds=logged_lines)
        writes = [query for query in queries if query.startswith("UPDATE api_keys")]
        assert len(writes) == (seconds == logged_lines)


def test_the_last_use_is_noted_even_where_the_key_may_not(app, api, alice, make):
    api.as_(make.key("reports:read")).get(f"/users/{alice.id}", expect=403)
    assert last_use(app) is not None
