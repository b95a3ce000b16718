"""Making, listing and revoking keys for machines."""

import hashlib

import pytest
import sqlalchemy as sa

from learnpath.api_keys.models import ApiKey
from learnpath.db import db
from learnpath.permissions import SCOPES

NEW = {"name": "content platform", "scopes": ["progress:write", "users:read"]}


def test_an_admin_makes_a_key_and_sees_it_once(api, ada):
    made = api.as_(ada).post("/api-keys", NEW, expect=201)
    assert made["key"].startswith("lp_")
    assert len(made["key"]) >= 3 + 43  # 256 random bits
    assert made["key"].startswith(made["prefix"])
    assert len(made["prefix"]) < 12
    (listed,) = api.as_(ada).get("/api-keys")
    assert listed == {name: value for name, value in made.items() if name != "key"}


def test_only_a_digest_of_a_key_is_kept(app, make):
    key = make.key("users:read").token
    with app.app_context():
        row = db.session.execute(sa.select(ApiKey.__table__)).one()
    assert key not in repr(row)
    assert key.removeprefix(row.prefix) not in repr(row)
    assert row.digest == hashlib.sha256(key.encode()).hexdigest()


def test_two_keys_are_never_the_same(make):
    assert len({make.key("users:read").token for _ in range(10)}) == 10


def test_scopes_are_kept_once_and_in_order(api, ada):
    scopes = ["users:read", "progress:write", "users:read"]
    made = api.as_(ada).post("/api-keys", {"name": "twice", "scopes": scopes}, expect=201)
    assert made["scopes"] == ["progress:write", "users:read"]


def test_every_scope_can_be_given(api, ada):
    made = api.as_(ada).post("/api-keys", {"name": "all", "scopes": list(SCOPES)}, expect=201)
    assert made["scopes"] == sorted(SCOPES)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "n" * 121),
        ("name", "two\nlines"),
        ("name", None),
        ("name", 7),
        ("scopes", []),
        ("scopes", ["admin"]),
        ("scopes", ["users:read", "users:*"]),
        ("scopes", "users:read"),
        ("scopes", None),
        ("scopes", [7]),
        ("scopes", [None]),
        ("scopes", ["users:read"] * 7),
        ("expires_at", "2020-01-01T00:00:00Z"),
        ("expires_at", "2999-01-01"),
        ("expires_at", "2999-01-01T00:00:00"),
        ("expires_at", "tomorrow"),
        ("expires_at", 7),
        ("digest", "0" * 64),
        ("key", "lp_mine"),
        ("created_by", 1),
        ("id", 1),
    ],
)
def test_a_bad_key_is_not_made(api, ada, field, value):
    answer = api.as_(ada).post("/api-keys", NEW | {field: value}, expect=422)
    assert list(answer["errors"]) == [field]
    assert api.as_(ada).get("/api-keys") == []


@pytest.mark.parametrize("missing", NEW)
def test_a_key_without_name_or_scopes_is_not_made(api, ada, missing):
    body = {name: value for name, value in NEW.items() if name != missing}
    assert missing in api.as_(ada).post("/api-keys", body, expect=422)["errors"]


def test_keys_are_listed_oldest_first_in_pages(api, ada, make):
    made = [make.key("users:read").id for _ in range(3)]
    asking = api.as_(ada)
    first = asking.get("/api-keys?page_size=2")
    next_page = asking.last.headers["Link"].split(">")[0].strip("<").removeprefix("/api/v1")
    assert [key["id"] for key in first + asking.get(next_page)] == made


def test_a_revoked_key_is_useless_at_once(api, ada, alice, make):
    key, other = make.key("users:read"), make.key("users:read")
    api.as_(key).get(f"/users/{alice.id}")
    api.as_(ada).delete(f"/api-keys/{key.id}")
    api.as_(key).get(f"/users/{alice.id}", expect=401)
    api.as_(other).get(f"/users/{alice.id}")
    assert [listed["id"] for listed in api.as_(ada).get("/api-keys")] == [other.id]


def test_a_key_is_revoked_once(api, ada, make):
    key = make.key("users:read")
    api.as_(ada).delete(f"/api-keys/{key.id}")
    api.as_(ada).delete(f"/api-keys/{key.id}", expect=404)


def test_the_id_of_a_revoked_key_is_not_used_again(api, ada, make):
    key = make.key("users:read")
    api.as_(ada).delete(f"/api-keys/{key.id}")
    assert make.key("users:read").id > key.id


@pytest.mark.parametrize("change", ["demoted", "removed"])
def test_a_key_works_on_when_who_made_it_is_gone(api, ada, alice, make, change):
    eva = make.user("eva", "admin")
    key = api.as_(eva).post("/api-keys", NEW, expect=201)["key"]
    if change == "removed":
        api.as_(ada).delete(f"/users/{eva.id}")
    else:
        api.as_(ada).patch(f"/users/{eva.id}/role", {"role": "learner"})
    with_key = {"Authorization": f"Bearer {key}"}
    assert api.get(f"/users/{alice.id}", headers=with_key)["id"] == alice.id
