"""Every request that the document allows or forbids gets a response of the document."""

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from learnpath import create_app

from .apps import SETTINGS

pytestmark = pytest.mark.exhaustive
CONFIG = Path(__file__).with_name("schemathesis.toml")
# Refusals of well-formed values: what makes them is no form that a document could describe.
BEYOND_A_SCHEMA = (
    "This token is no longer valid.",
    "Send either this or user_id.",
    "Send a list of 1 to 500 events.",
    "Not a valid integer.",  # to JSON Schema 5.0 is one
    "Field may not be null.",
    "This is more than 30 days ago.",
    "This is more than 5 minutes ahead.",
    "This is before 1970.",
    "Ask for at most",
    "There are no users",
    "Give a link either",
    "This time has already passed.",
    "A revision never goes back.",
    "There is no such module in the catalogue.",
    "This module is already in the list.",
    "Not in this path:",
    "These modules require each other",
    "Paths times emails",
    "There is no such moment.",
    "Not a valid URL.",
    "More than 4 kB of JSON.",
    "The part after the @-sign is a special-use or reserved name that cannot be used with email.",
    "Not a cursor of this list.",
    "Not an IANA time zone.",
    "This is not your current password.",
    "Needed to change your email address or password.",
    "This is one of the most common passwords. Four random words make a good one.",
    "A password must not be your own name or email address.",
)


def document(seed, examples):
    config = SchemathesisConfig.from_path(CONFIG)
    config.update(seed=seed, max_failures=None)
    config.projects.default.generation.update(max_examples=examples)
    return schemathesis.openapi.from_wsgi("/openapi.json", create_app(SETTINGS), config=config)


class Somebody:
    """An account that comes again after each time it was erased."""

    def __init__(self, make, role):
        self.make = make
        self.role = role
        self.lives = 0
        self.begin_anew()

    def begin_anew(self):
        self.lives += 1
        self.token = self.make.user(f"{self.role}{self.lives}", self.role).token


@pytest.fixture(params=["learner", "admin"])
def somebody(make, request):
    make.path("python-developer", ["loops", "functions"])
    return Somebody(make, request.param)


def check_answer(case, app, somebody):
    as_somebody = {"Authorization": f"Bearer {somebody.token}"}
    answer = case.call(app=app, headers=as_somebody)
    excused = [positive_data_acceptance] if is_beyond_a_schema(answer) else []
    case.validate_response(answer, excluded_checks=excused, headers=as_somebody)
    if case.method == "DELETE" and answer.status_code == 204:
        somebody.begin_anew()


def is_beyond_a_schema(answer):
    """Tell whether only what no JSON schema can express was refused."""
    if answer.status_code != 422:
        return False
    return all(
        message.startswith(BEYOND_A_SCHEMA) for message in messages_in(answer.json()["errors"])
    )


def messages_in(errors):
    """Yield every message, however deep in the fields it stands."""
    if isinstance(errors, str):
        yield errors
        return
    for inner in errors.values() if isinstance(errors, dict) else errors:
        yield from messages_in(inner)


FEW = document(seed=1, examples=5)
MANY = document(seed=2, examples=40)
MORE = document(seed=3, examples=40)
ONE_DATABASE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW.parametrize()
@ONE_DATABASE
def test_every_answer_is_documented_and_no_fault_of_ours(case, app, somebody):
    check_answer(case, app, somebody)


@pytest.mark.slow
@MANY.parametrize()
@ONE_DATABASE
def test_the_same_after_many_more_questions(case, app, somebody):
    check_answer(case, app, somebody)


@pytest.mark.slow
@MORE.parametrize()
@ONE_DATABASE
def test_the_same_after_many_other_questions(case, app, somebody):
    check_answer(case, app, somebody)
