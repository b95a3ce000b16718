"""A demonstration gives the development accounts something to look at."""

import pytest

pytestmark = pytest.mark.exhaustive

DEMO = ("seed", "--demo", "3")


@pytest.fixture
def people(api, ada):
    """Return the user with an email address."""

    def people(email):
        (found,) = api.as_(ada).get(f"/users?q={email}")
        return found

    return people


def test_the_learner_is_midway_the_instructor_has_a_class_and_again_adds_nothing(
    api, ada, cli, people
):
    cli("users", "development-accounts")
    cli(*DEMO)
    learner = people("learner@example.org")["id"]
    activity = api.as_(ada).get(f"/users/{learner}/activity")
    assert (activity["current_streak"], activity["longest_streak"]) == (8, 12)
    for path in ("python-developer", "backend-with-flask"):
        roll_up = api.as_(ada).get(f"/users/{learner}/paths/{path}")
        assert roll_up["status"] == "active"
        assert 10 < roll_up["percent"] < 90
        assert roll_up["next"] is not None
    instructor = people("instructor@example.org")["id"]
    assert [path["authors"] for path in api.get("/paths")] == [[instructor], [instructor]]
    events = f"/users/{learner}/progress/events?page_size=100"
    before = api.as_(ada).get(events)
    cli(*DEMO)
    assert api.as_(ada).get(events) == before


def test_without_such_accounts_nobody_gets_a_part(api, cli):
    cli(*DEMO)
    assert [path["authors"] for path in api.get("/paths")] == [[], []]
