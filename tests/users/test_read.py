"""Reading the profile of another user."""

import pytest


def test_an_admin_sees_anybody(api, alice, ada):
    assert api.as_(ada).get(f"/users/{alice.id}")["email"] == "alice@example.org"


def test_a_learner_sees_nobody_else(api, alice, mallory):
    api.as_(mallory).get(f"/users/{alice.id}", expect=403)


def test_nobody_learns_which_ids_exist(api, alice, mallory):
    somebody = api.as_(mallory).get(f"/users/{alice.id}", expect=403)
    nobody = api.as_(mallory).get("/users/999999", expect=403)
    assert somebody | {"instance": ""} == nobody | {"instance": ""}


def test_a_stranger_is_asked_for_a_token_whoever_is_meant(api, alice):
    assert api.get(f"/users/{alice.id}", expect=401)["type"] == "/problems/unauthorized"
    assert api.get("/users/999999", expect=401)["type"] == "/problems/unauthorized"


def test_an_admin_is_told_that_there_is_nobody(api, ada):
    assert api.as_(ada).get("/users/999999", expect=404)["type"] == "/problems/user-not-found"


@pytest.mark.parametrize(
    "user",
    ["0", "-1", "+1", "01", "1.0", "1e3", "0x1", "%31%20", "١", "Me", "ME", "null", "1;2", "1'--",
     "99999999999", "9" * 400],
)  # fmt: skip
def test_what_is_no_id_is_not_found(api, ada, user):
    api.as_(ada).get(f"/users/{user}", expect=404)


def test_the_largest_id_belongs_to_nobody(api, ada):
    api.as_(ada).get("/users/9999999999", expect=404)
