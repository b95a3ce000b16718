"""Rule 12: what others may care about is announced once, where the change is made."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from learnpath.enrollments import signals as enrollments
from learnpath.progress import signals as progress

from ..actions import arrange, do, join

ANNOUNCED = (
    enrollments.enrolled,
    enrollments.withdrawn,
    enrollments.path_completed,
    progress.module_completed,
    progress.module_uncompleted,
)


@pytest.fixture
def heard():
    """Return what was announced since the last call: (signal, user, path or module)."""
    news = []

    def listen_to(signal):
        def hear(_sender, **said):
            news.append((signal.name, said["user_id"], said.get("path") or said.get("module")))

        return hear

    def heard():
        since, news[:] = list(news), []
        return since

    with ExitStack() as listening:
        for signal in ANNOUNCED:
            listening.enter_context(signal.connected_to(listen_to(signal)))
        yield heard


@pytest.fixture
def python(make):
    return make.path("python", ["variables", "loops"])


def test_enrolling_is_announced_once(api, ada, alice, python, heard):
    join(api, alice, python)
    assert heard() == [("enrolled", alice.id, "python")]
    api.as_(alice).post("/paths/python/enrollments", {})
    api.as_(ada).post("/paths/python/enrollments", {"user_id": alice.id})
    assert heard() == []


def test_leaving_and_returning_are_announced_once(api, alice, python, heard):
    url = f"/enrollments/{join(api, alice, python)['id']}"
    heard()
    for _ in range(2):
        api.as_(alice).delete(url)
    assert heard() == [("withdrawn", alice.id, "python")]
    join(api, alice, python)
    assert heard() == [("enrolled", alice.id, "python")]


def test_completing_a_module_is_announced_once(api, alice, python, heard):
    do(api, alice, "loops", "in_progress", percent=100)
    assert heard() == []
    for _ in range(2):
        do(api, alice, "loops")
        api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    do(api, alice, "loops", score=90)
    assert heard() == [("module-completed", alice.id, "loops")]


def test_taking_a_completion_back_is_announced_once(api, alice, python, heard):
    do(api, alice, "loops")
    heard()
    for _ in range(2):
        do(api, alice, "loops", "in_progress")
    assert heard() == [("module-uncompleted", alice.id, "loops")]
    do(api, alice, "loops")
    api.as_(alice).delete("/users/me/progress/loops", expect=200)
    assert [name for name, *_ in heard()] == ["module-completed", "module-uncompleted"]


def test_completing_a_path_is_announced_once(api, alice, python, heard):
    join(api, alice, python)
    do(api, alice, "variables")
    heard()
    do(api, alice, "loops")
    assert heard() == [
        ("module-completed", alice.id, "loops"),
        ("path-completed", alice.id, "python"),
    ]
    do(api, alice, "loops", "in_progress")
    do(api, alice, "loops")
    assert "path-completed" not in [name for name, *_ in heard()]


def test_a_path_completed_by_joining_is_announced(api, alice, python, heard):
    for module in ("variables", "loops"):
        do(api, alice, module)
    heard()
    join(api, alice, python)
    assert sorted(heard()) == [
        ("enrolled", alice.id, "python"),
        ("path-completed", alice.id, "python"),
    ]


def test_a_path_completed_by_its_author_is_announced_to_whom_it_concerns(
    api, ada, alice, python, heard
):
    join(api, alice, python)
    join(api, ada, python)
    do(api, alice, "variables")
    heard()
    arrange(api, ada, python, ["variables"])
    assert heard() == [("path-completed", alice.id, "python")]
    arrange(api, ada, python, ["variables"])
    assert heard() == []


def test_a_waiver_completes_a_path_and_no_module(api, ada, alice, python, heard):
    join(api, alice, python)
    do(api, alice, "variables")
    heard()
    api.as_(ada).post(f"/users/{alice.id}/progress/loops/waive", {"reason": "Knows it."})
    assert heard() == [("path-completed", alice.id, "python")]


def test_what_is_refused_is_not_announced(api, alice, make, python, heard):
    make.path("snakes", ["rings", "boas"], order_policy="sequential")
    join(api, alice, "snakes")
    heard()
    api.as_(alice).put("/users/me/progress/boas", {"status": "completed"}, expect=409)
    api.as_(alice).put("/users/me/progress/nowhere", {"status": "completed"}, expect=404)
    api.as_(alice).post("/paths/nowhere/enrollments", {}, expect=404)
    assert heard() == []
