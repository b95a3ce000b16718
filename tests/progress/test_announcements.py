"""What is announced when something is completed, joined or left: once, and only then (rule 12)."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from learnpath.enrollments.signals import enrolled, path_completed, withdrawn
from learnpath.progress.signals import module_completed, module_uncompleted

from ..actions import arrange, do, join

SIGNALS = (enrolled, withdrawn, path_completed, module_completed, module_uncompleted)


@pytest.fixture
def heard():
    """What was announced, as words; read it and it is empty again."""
    words = []

    def listener(name):
        def note(_sender, **facts):
            words.append(f"{name} {facts.get('path') or facts['module']}")

        return note

    def read():
        output = words[:]
        words.clear()
        return output

    with ExitStack() as stack:
        for signal in SIGNALS:
            stack.enter_context(signal.connected_to(listener(signal.name)))
        yield read


def test_rule_12_completing_a_module_is_announced_once(api, alice, make, heard):
    make.module("loops")
    do(api, alice, "loops")
    do(api, alice, "loops")
    do(api, alice, "loops", time_spent_delta=5)  # which is news, and no other completion
    assert heard() == ["module-completed loops"]
    do(api, alice, "loops", "in_progress")
    do(api, alice, "loops", "in_progress")
    assert heard() == ["module-uncompleted loops"]
    do(api, alice, "loops")
    api.as_(alice).delete("/users/me/progress/loops", expect=200)
    assert heard() == ["module-completed loops", "module-uncompleted loops"]


def test_rule_12_the_customers_report_announces_the_same(api, alice, make, heard):
    make.module("loops")
    for completed in (True, True, False):
        report = {"module_id": "loops", "completed": completed}
        api.as_(alice).post("/users/me/progress", report)
    assert heard() == ["module-completed loops", "module-uncompleted loops"]


def test_rule_12_a_path_is_announced_once_whatever_comes_after(api, alice, ada, make, heard):
    make.path("python", ["a", "b"])
    join(api, alice, "python")
    do(api, alice, "a")
    do(api, alice, "b")
    assert heard() == [
        "enrolled python",
        "module-completed a",
        "module-completed b",
        "path-completed python",
    ]
    do(api, alice, "b", "in_progress")
    do(api, alice, "b")
    arrange(api, ada, "python", ["a"])
    assert "path-completed python" not in heard()


def test_rule_12_everybody_whom_an_edit_completes_is_announced_once(api, alice, ada, make, heard):
    make.path("python", ["a", "b"])
    for who in (alice, make.user("bob")):
        join(api, who, "python")
        do(api, who, "a")
    heard()
    arrange(api, ada, "python", ["a"])
    arrange(api, ada, "python", ["a"])
    assert heard() == ["path-completed python"] * 2


def test_rule_12_a_refusal_announces_nothing(api, alice, make, heard):
    make.path("python", ["a", {"slug": "b", "requires": ["a"]}])
    join(api, alice, "python")
    heard()
    api.as_(alice).put("/users/me/progress/b", {"status": "completed"}, expect=409)
    assert heard() == []


def test_rule_12_leaving_and_returning_is_announced_each_time(api, alice, make, heard):
    make.path("python", ["a"])
    enrollment = join(api, alice, "python")
    for _ in range(2):
        api.as_(alice).delete(f"/enrollments/{enrollment['id']}")
    join(api, alice, "python")
    assert heard() == ["enrolled python", "withdrawn python", "enrolled python"]
