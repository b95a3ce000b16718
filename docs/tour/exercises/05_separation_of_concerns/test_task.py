"""The rule of lending, without HTTP and then with it."""

import pytest
from flask import Flask

from learnpath import errors

from . import task


@pytest.fixture
def shelf():
    return {"Emma": None, "Ulysses": "grace"}


def test_a_book_is_lent(shelf):
    task.lend_book(shelf, "Emma", "alice")
    assert shelf["Emma"] == "alice"


@pytest.mark.parametrize(("book", "problem"), [("Faust", "NoSuchBook"), ("Ulysses", "AlreadyLent")])
def test_a_problem_is_raised_and_changes_nothing(shelf, book, problem):
    before = dict(shelf)
    with pytest.raises(getattr(task, problem)):
        task.lend_book(shelf, book, "alice")
    assert shelf == before


@pytest.mark.parametrize(
    ("book", "status", "problem"),
    [("Faust", 404, "/problems/no-such-book"), ("Ulysses", 409, "/problems/already-lent")],
)
def test_the_service_turns_the_problem_into_a_response(shelf, book, status, problem):
    app = Flask("library")
    errors.init_app(app)
    app.add_url_rule("/lend", view_func=lambda: task.lend_book(shelf, book, "alice") or "lent")
    answer = app.test_client().get("/lend")
    assert (answer.status_code, answer.get_json()["type"]) == (status, problem)
