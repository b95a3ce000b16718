"""Who sees who follows which path."""

import pytest

from ..actions import do, join, name_author


@pytest.fixture
def hedy(make):
    """Hedy teaches another path."""
    return make.user("hedy", "instructor")


@pytest.fixture
def two_paths(api, ada, grace, hedy, make):
    """Grace's path and Hedy's."""
    for slug, author in (("python", grace), ("snakes", hedy)):
        make.path(slug, ["loops"])
        name_author(api, ada, slug, author)


@pytest.fixture
def mine(api, alice, two_paths):
    """Alice's enrollment in Grace's path; she does not follow Hedy's."""
    return join(api, alice, "python")


def test_i_and_the_staff_of_the_path_see_my_enrollment(api, alice, ada, grace, mine):
    for who in (alice, ada, grace):
        assert api.as_(who).get(f"/enrollments/{mine['id']}") == mine


def test_a_machine_that_enrolls_sees_my_enrollment(api, make, mine):
    url = f"/enrollments/{mine['id']}"
    assert api.as_(make.key("enrollments:write")).get(url) == mine
    api.as_(make.key("progress:read", "reports:read")).get(url, expect=403)


def test_to_others_it_is_not_there(api, mallory, hedy, mine):
    for enrollment_id in (mine["id"], 999999):
        for who in (mallory, hedy):
            url = f"/enrollments/{enrollment_id}"
            problem = api.as_(who).get(url, expect=404)
            assert problem["type"] == "/problems/enrollment-not-found"
            api.as_(who).patch(url, {"note": "Mine"}, expect=404)
            api.as_(who).delete(url, expect=404)
    api.get(f"/enrollments/{mine['id']}", expect=401)


def test_a_class_is_seen_by_the_staff_of_this_path(api, ada, grace, make, mine):
    for who in (ada, grace, make.key("reports:read")):
        assert api.as_(who).get("/paths/python/enrollments") == [mine]


def test_a_class_is_seen_by_nobody_else(api, alice, hedy, make, mine):
    for who in (alice, hedy, make.key("progress:read")):
        api.as_(who).get("/paths/python/enrollments", expect=403)
    api.get("/paths/python/enrollments", expect=401)
    assert api.as_(hedy).get("/paths/snakes/enrollments") == []


def test_a_path_that_is_not_there_has_no_class(api, ada, grace, mine):
    api.as_(ada).get("/paths/nowhere/enrollments", expect=404)
    api.as_(grace).get("/paths/nowhere/enrollments", expect=403)


def test_the_class_of_an_archived_path_is_still_seen(api, grace, make, mine):
    api.as_(grace).post("/paths/python/archive")
    for who in (grace, make.key("reports:read")):
        assert api.as_(who).get("/paths/python/enrollments") == [mine]


def test_my_enrollments_are_seen_by_me_and_admins(api, alice, ada, make, mine):
    for who in (alice, ada, make.key("progress:read")):
        assert api.as_(who).get(f"/users/{alice.id}/enrollments") == [mine]
    api.as_(ada).get("/users/999999/enrollments", expect=404)


def test_my_enrollments_are_seen_by_nobody_else(api, alice, mallory, make, mine):
    for who in (mallory, make.key("enrollments:write")):
        for user_id in (alice.id, 999999):
            api.as_(who).get(f"/users/{user_id}/enrollments", expect=403)
    api.get(f"/users/{alice.id}/enrollments", expect=401)


def test_my_instructor_sees_my_profile_while_i_follow_their_path(api, alice, grace, hedy, mine):
    assert api.as_(grace).get(f"/users/{alice.id}")["email"] == alice.email
    api.as_(hedy).get(f"/users/{alice.id}", expect=403)
    do(api, alice, "loops")
    api.as_(grace).get(f"/users/{alice.id}")  # also when I am done
    api.as_(alice).delete(f"/enrollments/{mine['id']}")
    api.as_(grace).get(f"/users/{alice.id}", expect=403)


def test_my_enrollments_go_with_me(api, ada, alice, mine):
    api.as_(alice).delete("/users/me")
    assert api.as_(ada).get("/paths/python/enrollments") == []
    api.as_(ada).get(f"/enrollments/{mine['id']}", expect=404)
