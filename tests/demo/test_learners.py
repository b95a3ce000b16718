"""Filling a demonstration with learners who have come some way."""

import pytest
import sqlalchemy as sa

from learnpath.clock import now
from learnpath.db import db
from learnpath.progress.models import Progress


@pytest.fixture
def seed(app):
    """Run `flask seed --demo COUNT`."""

    def seed(count):
        result = app.test_cli_runner().invoke(args=["seed", "--demo", str(count)])
        assert result.exit_code == 0, result.output

    return seed


@pytest.fixture
def learners(api, ada):
    """Read every account that is for demonstration."""

    def learners():
        return api.as_(ada).get("/users?q=demo-&page_size=100")

    return learners


@pytest.mark.exhaustive
def test_an_operator_makes_as_many_learners_as_asked(seed, learners):
    seed(8)
    assert [learner["email"] for learner in learners()] == [
        f"demo-{number}@example.org" for number in range(1, 9)
    ]
    assert {learner["role"] for learner in learners()} == {"learner"}
    assert len({learner["name"] for learner in learners()}) > 4


@pytest.mark.exhaustive
def test_making_them_again_makes_none_more(seed, learners):
    seed(5)
    before = learners()
    seed(5)
    assert learners() == before
    seed(7)
    assert learners()[:5] == before
    assert len(learners()) == 7


@pytest.mark.exhaustive
def test_a_learner_is_the_same_wherever_they_are_made(api, ada, seed, learners):
    def looks():
        return [(learner["name"], learner["progress"]) for learner in learners()]

    seed(4)
    before = looks()
    for learner in learners():
        api.as_(ada).delete(f"/users/{learner['id']}")
    seed(4)
    assert looks() == before


@pytest.mark.exhaustive
def test_each_has_followed_one_path_from_its_start(api, seed, learners):
    seed(12)
    paths = [
        [place["module"]["slug"] for place in api.get(f"/paths/{path}/modules?page_size=100")]
        for path in ("python-developer", "backend-with-flask")
    ]
    lengths = set()
    for learner in learners():
        done = [slug for slug, completed in learner["progress"].items() if completed]
        begun = [slug for slug, completed in learner["progress"].items() if not completed]
        path = next(path for path in paths if begun[0] in path)
        assert set(done) == set(path[: len(done)])
        assert begun == [path[len(done)]]
        lengths.add(len(done))
    assert len(lengths) > 3


@pytest.mark.exhaustive
def test_their_work_lies_in_the_past_and_took_its_time(app, seed):
    seed(6)
    with app.app_context():
        rows = db.session.execute(sa.select(Progress.__table__)).all()
    assert all(row.started_at <= row.last_activity_at <= now() for row in rows)
    assert all((row.first_completed_at is not None) == (row.status == "completed") for row in rows)
    assert len({row.started_at.date() for row in rows}) > 6


@pytest.mark.exhaustive
def test_nobody_can_log_in_as_one_of_them(api, seed):
    seed(1)
    for password in ("", "demo", "demo-1@example.org"):
        login = {"email": "demo-1@example.org", "password": password}
        api.post("/users/login", login, expect=401)
