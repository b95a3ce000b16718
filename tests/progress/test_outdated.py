"""Rule 4: a module that was revised after I completed it."""

import pytest

from ..actions import do, join

LOOPS = "/users/me/progress/loops"


@pytest.fixture
def completed(api, alice, make):
    """Alice has completed the one module of a path, in its first revision."""
    make.path("python", ["loops"])
    join(api, alice, "python")
    return do(api, alice, "loops")["progress"]


def revise(api, admin, revision=2):
    api.as_(admin).patch("/modules/loops", {"revision": revision})


def test_a_revision_outdates_what_i_completed_and_resets_nothing(api, ada, alice, completed):
    assert (completed["completed_revision"], completed["outdated"]) == (1, False)
    revise(api, ada)
    assert api.as_(alice).get(LOOPS) == completed | {"outdated": True}
    assert api.as_(alice).get("/users/me/progress") == [completed | {"outdated": True}]
    rolled_up = api.as_(alice).get("/users/me/paths/python")
    (place,) = rolled_up["modules"]
    assert (place["state"], place["outdated"]) == ("completed", True)
    assert (rolled_up["percent"], rolled_up["status"]) == (100, "completed")
    assert rolled_up["has_new_content"] is False


def test_completing_it_again_is_news_and_moves_no_date(api, ada, alice, completed):
    revise(api, ada, 3)
    answer = do(api, alice, "loops")
    assert answer["changed"] is True
    progress = answer["progress"]
    assert progress.pop("last_activity_at") > completed.pop("last_activity_at")
    assert progress == completed | {"completed_revision": 3}
    assert do(api, alice, "loops")["changed"] is False


def test_the_customers_report_counts_too(api, ada, alice, completed):
    revise(api, ada)
    report = {"module_id": "loops", "completed": True}
    assert api.as_(alice).post("/users/me/progress", report)["changed"] is True
    assert api.as_(alice).get(LOOPS)["outdated"] is False
    assert api.as_(alice).post("/users/me/progress", report)["changed"] is False


def test_what_i_have_not_completed_is_not_outdated(api, ada, alice, mallory, completed):
    do(api, mallory, "loops", "in_progress")
    do(api, alice, "loops", "in_progress")
    revise(api, ada)
    for who in (alice, mallory):
        assert api.as_(who).get(LOOPS)["outdated"] is False
    assert do(api, alice, "loops")["progress"]["completed_revision"] == 2
