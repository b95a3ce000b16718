"""What is sent without passing through a schema is still what the schema says."""

import pytest

from learnpath.progress.schemas import ReportedSchema
from learnpath.users.schemas import UserSchema


@pytest.fixture
def answers(api, alice, ada):
    mine = api.as_(alice)
    report = {"module_id": "loops", "completed": True}
    return [
        (ReportedSchema, mine.post("/users/me/progress", report, expect=200)),
        (UserSchema, mine.get("/users/me", expect=200)),
        (UserSchema, mine.put("/users/me", {"name": "Alice L."}, expect=200)),
        *((UserSchema, user) for user in api.as_(ada).get("/users/", expect=200)),
    ]


def test_a_user_has_every_field_and_no_other(answers):
    for schema, answer in answers:
        assert set(answer) == set(schema().fields)


def test_every_field_has_its_form(answers):
    for schema, answer in answers:
        assert schema().validate(answer) == {}
