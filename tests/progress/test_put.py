"""Reporting status, percent, score, time and position of a module."""

from __future__ import annotations

import json

import pytest

from ..actions import do

pytestmark = pytest.mark.usefixtures("loops")
LOOPS = "/users/me/progress/loops"


def test_a_first_report_starts_the_module(put):
    answer = put(percent=40)
    progress = answer.pop("progress")
    started = progress.pop("started_at")
    assert progress.pop("last_activity_at") == started
    assert progress == {
        "module": "loops",
        "status": "in_progress",
        "percent": 40,
        "score": None,
        "time_spent": 0,
        "position": None,
        "completed_at": None,
        "first_completed_at": None,
        "completed_revision": None,
        "outdated": False,
    }
    assert answer == {"changed": True, "unlocked": [], "completed_paths": [], "next": None}


def test_i_see_what_i_reported(api, alice, put):
    answer = put(status="completed", percent=70, score=81.5, time_spent_delta=60, position=[1])
    assert api.as_(alice).get(LOOPS) == answer["progress"]
    assert api.as_(alice).get("/users/me/progress") == [answer["progress"]]
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": True}


def test_what_is_absent_is_not_touched(put):
    before = put(percent=40, score=7, time_spent_delta=60, position={"page": 3})["progress"]
    after = put(status="in_progress")["progress"]
    assert after == before
    after = put(score=8)["progress"]
    assert (after["percent"], after["time_spent"], after["position"]) == (40, 60, {"page": 3})


def test_an_empty_report_only_says_that_i_have_begun(put, events):
    assert put()["progress"]["status"] == "in_progress"
    assert put()["changed"] is False
    assert events() == ["started"]


@pytest.mark.parametrize(("reported", "shown"), [(0, 0), (1, 1), (99, 99), (100, 99)])
def test_only_a_completed_module_has_100_percent(put, reported, shown):
    assert put(percent=reported)["progress"]["percent"] == shown
    assert put(percent=100)["progress"]["percent"] == 99
    assert put(status="completed", percent=3)["progress"]["percent"] == 100


def test_the_highest_percent_and_score_stay(put):
    put(percent=60, score=90)
    answer = put(percent=30, score=20.5)
    assert (answer["progress"]["percent"], answer["progress"]["score"]) == (60, 90)
    assert answer["changed"] is False


def test_time_adds_up_and_is_never_a_repeat(put):
    assert put(time_spent_delta=60)["progress"]["time_spent"] == 60
    assert put(time_spent_delta=60)["progress"]["time_spent"] == 120
    assert put(time_spent_delta=0)["changed"] is False


def test_the_last_position_stays(put):
    put(position={"page": 9})
    assert put(position={"page": 3})["progress"]["position"] == {"page": 3}
    assert put(position={"page": 3})["changed"] is False


@pytest.mark.parametrize("position", [{"page": 3}, [1, "é", None, 2.5], "middle", 7, 0, False, ""])
def test_a_position_is_any_json(api, alice, put, position):
    put(position=position)
    assert api.as_(alice).get(LOOPS)["position"] == position


@pytest.mark.parametrize(
    "position",
    ["a" * 4094, "é" * 2047, list(range(1000, 1819)), {"a" * 4089: 1}],
)
def test_a_position_of_4_kb_is_kept(put, position):
    size = len(json.dumps(position, ensure_ascii=False, separators=(",", ":")).encode())
    assert 4090 <= size <= 4096
    assert put(position=position)["progress"]["position"] == position


@pytest.mark.parametrize(
    "position", ["a" * 4095, "é" * 2048, {"a" * 4092: 1}, "\x00", ["\x00"], None]
)
def test_a_position_that_cannot_be_kept_is_refused(put, events, position):
    assert list(put(expect=422, position=position)["errors"]) == ["position"]
    assert events() == []


@pytest.mark.parametrize(
    "text", ['{"page": 1e400}', "[-1e999]", "[" * 66 + "]" * 66, "[" * 500 + "]" * 500]
)
def test_a_position_that_no_json_reader_gives_back_is_refused(api, alice, events, text):
    client = api.as_(alice)
    client.put(LOOPS, data=f'{{"position": {text}}}', content_type="application/json", expect=422)
    assert events() == []


def test_a_position_nests_64_levels(put):
    position = json.loads("[" * 64 + "7" + "]" * 64)
    assert put(position=position)["progress"]["position"] == position


def test_the_words_for_a_nul_are_no_nul(put):
    assert put(position="\\u0000")["progress"]["position"] == "\\u0000"


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "done"),
        ("status", "not_started"),
        ("status", "waived"),
        ("status", "skipped"),
        ("status", None),
        ("percent", -1),
        ("percent", 101),
        ("percent", 50.0),
        ("percent", "50"),
        ("percent", True),
        ("percent", None),
        ("score", -0.1),
        ("score", 100.1),
        ("score", "7"),
        ("score", True),
        ("time_spent_delta", -1),
        ("time_spent_delta", 7 * 24 * 3600 + 1),
        ("time_spent_delta", 1.5),
        ("occurred_at", "2026-01-31"),
        ("occurred_at", "2026-01-31T12:00:00"),
        ("occurred_at", 1769860800),
        ("time_spent", 60),
        ("completed", True),
    ],
)
def test_a_bad_report_is_refused(put, events, field, value):
    assert list(put(expect=422, **{field: value})["errors"]) == [field]
    assert events() == []


def test_a_completion_has_one_date(put):
    first = put(status="completed")["progress"]
    assert first["completed_at"] == first["first_completed_at"] == first["started_at"]
    assert put(status="completed")["changed"] is False
    reopened = put(status="in_progress")["progress"]
    assert (reopened["status"], reopened["completed_at"]) == ("in_progress", None)
    assert reopened["first_completed_at"] == first["first_completed_at"]
    again = put(status="completed")["progress"]
    assert again["completed_at"] == first["completed_at"]


def test_taking_a_completion_back_leaves_the_highest_percent(put):
    put(percent=40)
    put(status="completed")
    assert put(percent=80)["progress"]["percent"] == 100  # also what came while it was done
    assert put(status="reopened")["progress"]["percent"] == 80


@pytest.mark.parametrize(
    "body",
    [
        {"percent": 40},
        {"status": "in_progress"},
        {"status": "completed"},
        {"status": "completed", "percent": 40, "score": 7.5, "position": {"page": 1}},
    ],
)
def test_a_repeat_leaves_nothing_behind(api, app, alice, put, body):
    put(**body)
    before = (
        api.as_(alice).get(LOOPS),
        api.as_(alice).get("/users/me/progress/events"),
        api.as_(alice).get("/users/me/export")["progress_records"],
    )
    assert put(**body)["changed"] is False
    assert before == (
        api.as_(alice).get(LOOPS),
        api.as_(alice).get("/users/me/progress/events"),
        api.as_(alice).get("/users/me/export")["progress_records"],
    )


@pytest.mark.parametrize("url", ["unknown", "sketch", "stub"])
def test_what_is_not_published_cannot_be_reported(api, alice, make, url):
    make.module("sketch", status="draft")
    api.as_(alice).post("/users/me/progress", {"module_id": "stub", "completed": False})
    before = api.as_(alice).get("/users/me")["progress"]
    problem = api.as_(alice).put(f"/users/me/progress/{url}", {"status": "completed"}, expect=404)
    assert problem["type"] == "/problems/module-not-found"
    assert api.as_(alice).get("/users/me")["progress"] == before


def test_what_was_archived_is_still_reported_by_who_began_it(api, alice, make):
    do(api, alice, "loops", "in_progress")
    make.module("loops", status="archived")
    assert do(api, alice, "loops")["progress"]["status"] == "completed"


def test_what_i_never_touched_has_no_progress(api, alice):
    problem = api.as_(alice).get(LOOPS, expect=404)
    assert problem["type"] == "/problems/progress-not-found"
    assert api.as_(alice).get("/users/me/progress") == []


def test_my_list_is_narrowed(api, alice, make):
    make.path("python", ["loops", "classes"])
    make.module("extra")
    for slug, status in (
        ("loops", "completed"),
        ("classes", "in_progress"),
        ("extra", "completed"),
    ):
        do(api, alice, slug, status)
    moment = do(api, alice, "extra", "in_progress")["progress"]["last_activity_at"]

    def found(**query):
        rows = api.as_(alice).get("/users/me/progress", query_string=query)
        return [row["module"] for row in rows]

    assert found() == ["classes", "extra", "loops"]
    assert found(path="python") == ["classes", "loops"]
    assert found(status="completed") == ["loops"]
    assert found(path="python", status="in_progress") == ["classes"]
    assert found(updated_since=moment) == ["extra"]
    api.as_(alice).get("/users/me/progress?status=done", expect=422)
    api.as_(alice).get("/users/me/progress?updated_since=yesterday", expect=422)
