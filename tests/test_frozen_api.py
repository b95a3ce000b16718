"""Operation ids and problem types are only added, since clients depend on them."""

from pathlib import Path

import pytest

from learnpath.errors import Problem

from .openapi_coverage import document

FROZEN = Path(__file__).with_name("frozen_api.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def current(session_app):
    operations = [
        f"{operation['operationId']} {method.upper()} {path}"
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]
    problems = [f"/problems/{name} {problem.status}" for name, problem in Problem.registry.items()]
    return sorted(operations) + sorted(problems)


def test_nothing_has_changed_or_disappeared(current):
    assert [line for line in FROZEN if line not in current] == []


def test_what_is_new_is_frozen_too(current):
    assert [line for line in current if line not in FROZEN] == [], "add it to frozen_api.txt"
