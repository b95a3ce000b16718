"""Taking back that a module is completed: the date of the first completion never moves."""

import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.progress.models import Progress


@pytest.fixture
def row(app, alice):
    """Read the one row of progress that Alice has."""

    def row():
        with app.app_context():
            return db.session.execute(sa.select(Progress.__table__)).one()

    return row


@pytest.fixture
def report(api, alice):
    def report(completed):
        answer = api.as_(alice).post(
            "/users/me/progress", {"module_id": "loops", "completed": completed}
        )
        return answer["changed"], answer["progress"]["loops"]

    return report


def test_a_completed_module_may_be_taken_back_and_completed_again(report):
    assert report(True) == (True, True)
    assert report(False) == (True, False)
    assert report(False) == (False, False)
    assert report(True) == (True, True)


def test_the_first_completion_is_remembered(report, row):
    report(True)
    first = row()
    assert first.first_completed_at == first.started_at == first.last_activity_at
    report(False)
    taken_back = row()
    assert taken_back.status == "in_progress"
    assert taken_back.first_completed_at == first.first_completed_at
    assert taken_back.last_activity_at > first.last_activity_at
    report(True)
    again = row()
    assert again.first_completed_at == first.first_completed_at
    assert again.started_at == first.started_at
    assert again.last_activity_at > taken_back.last_activity_at


def test_what_was_only_begun_has_no_date_of_completion_until_it_is_completed(report, row):
    report(False)
    begun = row()
    assert begun.first_completed_at is None
    report(True)
    assert row().first_completed_at == row().last_activity_at > begun.started_at


def test_a_repeat_leaves_no_trace(report, row):
    report(True)
    before = row()
    report(True)
    assert row() == before
