"""Removing a person."""

import pytest

from ..cast import PASSWORD
from ..concurrency import run_concurrently


def test_i_remove_myself_and_am_gone_at_once(api, alice, ada):
    alice_asks = api.as_(alice)
    alice_asks.delete("/users/me")
    assert alice_asks.last.data == b""
    alice_asks.get("/users/me", expect=401)
    api.post("/users/login", {"email": alice.email, "password": PASSWORD}, expect=401)
    api.as_(ada).get(f"/users/{alice.id}", expect=404)
    assert [person["id"] for person in api.as_(ada).get("/users/")] == [ada.id]


def test_an_admin_removes_anybody(api, alice, ada):
    api.as_(ada).delete(f"/users/{alice.id}")
    api.as_(alice).get("/users/me", expect=401)


def test_whoever_is_gone_cannot_be_removed_again(api, alice, ada):
    api.as_(ada).delete(f"/users/{alice.id}")
    api.as_(ada).delete(f"/users/{alice.id}", expect=404)


def test_nobody_else_may_remove_me(api, alice, grace, mallory):
    for person in (grace, mallory):
        api.as_(person).delete(f"/users/{alice.id}", expect=403)
    api.delete(f"/users/{alice.id}", expect=401)
    api.as_(alice).get("/users/me")


def test_only_one_person_goes(api, alice, mallory):
    api.as_(mallory).post("/users/me/progress", {"module_id": "loops", "completed": True})
    api.as_(alice).delete("/users/me")
    assert api.as_(mallory).get("/users/me")["progress"] == {"loops": True}


def test_whoever_comes_back_begins_anew(api, alice):
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    api.as_(alice).delete("/users/me")
    back = {"name": "Alice", "email": alice.email, "password": PASSWORD}
    assert api.post("/users/register", back, expect=201)["progress"] == {}


def test_an_id_is_never_used_twice(api, alice, mallory):
    api.as_(mallory).delete("/users/me")  # the newest account
    new = {"name": "Nora", "email": "nora@example.org", "password": PASSWORD}
    nora = api.post("/users/register", new, expect=201)
    assert nora["id"] > mallory.id
    api.as_(mallory).get("/users/me", expect=401)


def test_the_last_admin_stays(api, alice, ada):
    problem = api.as_(ada).delete("/users/me", expect=409)
    assert problem["type"] == "/problems/last-admin"
    assert api.as_(ada).get("/users/me")["role"] == "admin"


def test_an_admin_may_go_when_another_remains(api, ada, make):
    make.user("bea", "admin")
    api.as_(ada).delete("/users/me")


def test_an_admin_who_is_locked_out_does_not_count_as_another(app, api, ada, make):
    bea = make.user("bea", "admin")
    app.test_cli_runner().invoke(args=["users", "deactivate", bea.email])
    api.as_(ada).delete("/users/me", expect=409)
    api.as_(ada).delete(f"/users/{bea.id}")


@pytest.mark.parametrize("times", range(5))
def test_of_two_admins_who_remove_each_other_at_once_one_stays(app, api, ada, make, times):
    bea = make.user("bea", "admin")
    statuses = run_concurrently(
        lambda: remove(app, ada, bea),
        lambda: remove(app, bea, ada),
    )
    assert 204 in statuses
    assert set(statuses) <= {204, 401, 403, 409}
    assert admins_left(app) == 1


@pytest.mark.parametrize("times", range(5))
def test_of_two_admins_who_demote_each_other_at_once_one_stays(app, ada, make, times):
    bea = make.user("bea", "admin")
    statuses = run_concurrently(
        lambda: demote(app, ada, bea),
        lambda: demote(app, bea, ada),
    )
    assert 200 in statuses
    assert set(statuses) <= {200, 401, 403, 409}
    assert admins_left(app) == 1


@pytest.mark.parametrize("times", range(5))
def test_of_two_admins_who_leave_at_once_one_stays(app, ada, make, times):
    bea = make.user("bea", "admin")
    statuses = run_concurrently(lambda: remove(app, ada, ada), lambda: remove(app, bea, bea))
    assert sorted(statuses) == [204, 409]
    assert admins_left(app) == 1


def remove(app, who, whom):
    url = f"/api/v1/users/{whom.id}"
    return app.test_client().delete(url, headers=bearer(who)).status_code


def demote(app, who, whom):
    url, change = f"/api/v1/users/{whom.id}/role", {"role": "learner"}
    return app.test_client().patch(url, json=change, headers=bearer(who)).status_code


def bearer(person):
    return {"Authorization": f"Bearer {person.token}"}


def admins_left(app):
    listed = app.test_cli_runner().invoke(args=["users", "list", "--role", "admin"])
    return len(listed.output.splitlines())
