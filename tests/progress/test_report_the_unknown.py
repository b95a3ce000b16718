"""Reporting modules that are not catalogued or not published."""

import pytest


def report(client, slug, expect=200):
    return client.post("/users/me/progress", {"module_id": slug, "completed": True}, expect)


def test_an_unknown_module_is_kept_as_a_stub_for_staff(api, alice, grace):
    assert report(api.as_(alice), "quantum-loops")["progress"] == {"quantum-loops": True}
    stubs = api.as_(grace).get("/modules?status=uncatalogued")
    assert [stub["slug"] for stub in stubs] == ["quantum-loops"]
    assert api.get("/modules") == []


def test_two_learners_share_one_stub(api, alice, mallory, grace):
    report(api.as_(alice), "quantum-loops")
    report(api.as_(mallory), "quantum-loops")
    assert len(api.as_(grace).get("/modules?status=uncatalogued")) == 1


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_a_module_that_is_not_published_is_accepted_and_stays_what_it_is(
    api, alice, ada, make, status
):
    make.module("secret", status=status)
    assert report(api.as_(alice), "secret")["progress"] == {"secret": True}
    assert api.as_(ada).get("/modules/secret")["status"] == status
    api.as_(alice).get("/modules/secret", expect=404)


def test_a_learner_introduces_at_most_a_hundred_modules(api, alice, mallory, make):
    make.stubs(100, reported_by=alice)
    make.module("loops")
    problem = report(api.as_(alice), "one-too-many", expect=409)
    assert problem["type"] == "/problems/too-many-new-modules"
    assert report(api.as_(alice), "stub-7")["changed"] is True
    assert report(api.as_(alice), "loops")["changed"] is True
    report(api.as_(mallory), "one-too-many")
    report(api.as_(alice), "one-too-many")
    assert set(api.as_(alice).get("/users/me")["progress"]) == {"stub-7", "loops", "one-too-many"}


def test_the_hundredth_is_still_accepted_and_a_catalogued_one_makes_room(api, alice, make):
    make.stubs(99, reported_by=alice)
    report(api.as_(alice), "the-hundredth")
    report(api.as_(alice), "one-too-many", expect=409)
    make.path("python", ["the-hundredth"])
    report(api.as_(alice), "one-too-many")


def test_a_strict_service_still_takes_reports_of_what_was_archived(api, alice, make, settings):
    settings(STRICT_CATALOGUE=True)
    make.module("old", status="archived")
    assert report(api.as_(alice), "old")["progress"] == {"old": True}


@pytest.mark.parametrize("status", [None, "draft", "uncatalogued"])
def test_a_strict_service_takes_catalogued_modules_only(api, alice, make, settings, status):
    settings(STRICT_CATALOGUE=True)
    if status:
        make.module("secret", status=status)
    make.module("loops")
    problem = report(api.as_(alice), "secret", expect=404)
    assert problem["type"] == "/problems/module-not-found"
    assert report(api.as_(alice), "loops")["progress"] == {"loops": True}


def test_a_strict_service_makes_no_stub(api, alice, ada, settings):
    settings(STRICT_CATALOGUE=True)
    report(api.as_(alice), "secret", expect=404)
    assert api.as_(ada).get("/modules") == []


@pytest.mark.parametrize("label", ["python", "Python Developer", "secret"])
def test_a_strict_service_takes_published_learning_paths_only(api, alice, make, settings, label):
    make.path("flask", ["loops"])
    make.path("secret", ["loops"], status="draft")
    assert api.as_(alice).put("/users/me", {"learning_path": label})["learning_path"] == label
    settings(STRICT_CATALOGUE=True)
    problem = api.as_(alice).put("/users/me", {"learning_path": label}, expect=422)
    assert list(problem["errors"]) == ["learning_path"]
    for good in ("flask", None):
        assert api.as_(alice).put("/users/me", {"learning_path": good})["learning_path"] == good
