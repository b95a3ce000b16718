"""Reading my own profile."""

import pytest


def test_i_see_myself(api, alice):
    me = api.as_(alice).get("/users/me")
    assert (me["id"], me["name"], me["email"]) == (alice.id, "Alice", "alice@example.org")
    assert me["role"] == "learner"


def test_everybody_sees_themselves(api, grace, ada, mallory):
    for person in (grace, ada, mallory):
        assert api.as_(person).get("/users/me")["id"] == person.id


def test_i_see_the_same_under_my_id(api, alice):
    assert api.as_(alice).get(f"/users/{alice.id}") == api.as_(alice).get("/users/me")


def test_i_see_what_is_done_and_what_is_not(api, alice, mallory):
    report = {"module_id": "loops", "completed": True}
    api.as_(alice).post("/users/me/progress", report)
    api.as_(alice).post("/users/me/progress", {"module_id": "classes", "completed": False})
    api.as_(mallory).post("/users/me/progress", {"module_id": "files", "completed": True})
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": True, "classes": False}


def test_a_stranger_is_asked_for_a_token(api):
    problem = api.get("/users/me", expect=401)
    assert problem["type"] == "/problems/unauthorized"
    assert api.last.headers["WWW-Authenticate"] == 'Bearer realm="learnpath"'


def test_nothing_between_us_keeps_what_i_see(api, alice):
    alice_asks = api.as_(alice)
    alice_asks.get("/users/me")
    assert alice_asks.last.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["post", "patch"])
def test_what_cannot_be_done_here_is_said_with_what_can(api, alice, method):
    alice_asks = api.as_(alice)
    getattr(alice_asks, method)("/users/me", {}, expect=405)
    assert "GET" in alice_asks.last.headers["Allow"]
