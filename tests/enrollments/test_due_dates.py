"""Due dates, who is late, and finding enrollments by that."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ..actions import do, join, name_author


def in_days(days):
    moment = datetime.now(UTC) + timedelta(days=days)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


@pytest.fixture
def python(make):
    """A path of one module."""
    make.path("python", ["loops"])
    return "/paths/python/enrollments"


@pytest.fixture
def enroll(api, ada, python):
    """Enroll a user with a due date, as the admin."""

    def enroll(who, days=None):
        due_at = None if days is None else in_days(days)
        wish = {"user_id": who.id, "due_at": due_at}
        return api.as_(ada).post(python, wish, expect=201)

    return enroll


def test_staff_set_and_clear_the_due_date_and_the_note(api, ada, alice, grace, enroll):
    name_author(api, ada, "python", grace)
    enrollment = enroll(alice)
    url = f"/enrollments/{enrollment['id']}"
    due_at = in_days(3)
    changed = api.as_(grace).patch(url, {"due_at": due_at})
    assert changed == enrollment | {"due_at": due_at}
    assert api.as_(grace).patch(url, {"note": "Take\nyour time"})["due_at"] == due_at
    assert api.as_(alice).get(url)["note"] == "Take\nyour time"
    assert api.as_(ada).patch(url, {"due_at": None, "note": None}) == enrollment


def test_a_due_date_is_kept_in_utc(api, ada, alice, enroll):
    url = f"/enrollments/{enroll(alice)['id']}"
    changed = api.as_(ada).patch(url, {"due_at": "2030-01-31T12:00:00+02:00"})
    assert changed["due_at"] == "2030-01-31T10:00:00.000000Z"


def test_a_learner_sets_no_due_date(api, alice, mallory, enroll):
    url = f"/enrollments/{enroll(alice, -1)['id']}"
    api.as_(alice).patch(url, {"due_at": in_days(9)}, expect=403)
    api.as_(mallory).patch(url, {"due_at": in_days(9)}, expect=404)
    assert api.as_(alice).get(url)["overdue"] is True


@pytest.mark.parametrize(
    "change",
    [{"status": "completed"}, {"due_at": "soon"}, {"note": "n" * 501}, {"user_id": 1}, []],
)
def test_a_bad_change_is_refused(api, ada, alice, enroll, change):
    enrollment = enroll(alice)
    url = f"/enrollments/{enrollment['id']}"
    api.as_(ada).patch(url, change, expect=422)
    assert api.as_(ada).get(url) == enrollment


def test_late_is_who_is_active_after_the_due_date(api, ada, make, enroll, python):
    late, early, free, done, gone = (
        make.user(name) for name in ("late", "early", "free", "done", "gone")
    )
    for who, days in ((late, -1), (early, 1), (free, None), (done, -1), (gone, -1)):
        enroll(who, days)
    do(api, done, "loops")
    (hers,) = api.as_(gone).get("/users/me/enrollments")
    api.as_(gone).delete(f"/enrollments/{hers['id']}")

    def found(query):
        return [one["user_id"] for one in api.as_(ada).get(f"{python}?{query}")]

    assert found("overdue=true") == [late.id]
    assert found("overdue=false") == [early.id, free.id, done.id, gone.id]
    assert found("status=active") == [late.id, early.id, free.id]
    assert found("status=active&overdue=false") == [early.id, free.id]
    assert found("status=completed") == [done.id]
    assert found("status=withdrawn") == [gone.id]
    overdue = {one["user_id"]: one["overdue"] for one in api.as_(ada).get(python)}
    assert [user for user, is_late in overdue.items() if is_late] == [late.id]


def test_my_roll_up_says_that_i_am_late(api, alice, enroll):
    due_at = enroll(alice, -1)["due_at"]
    before = api.as_(alice).get("/users/me/paths/python")
    assert (before["due_at"], before["overdue"]) == (due_at, True)
    do(api, alice, "loops")
    assert api.as_(alice).get("/users/me/paths/python")["overdue"] is False


@pytest.mark.parametrize("query", ["status=late", "overdue=yes", "overdue=", "page_size=0"])
def test_a_bad_filter_is_refused(api, ada, python, query):
    api.as_(ada).get(f"{python}?{query}", expect=422)


def test_a_class_is_listed_in_pages(api, ada, make, enroll, python):
    everybody = [make.user(f"learner{number}") for number in range(5)]
    for who in everybody:
        enroll(who)
    client, cursor, seen = api.as_(ada), None, []
    for _ in range(3):
        query = {"page_size": 2, "count": "true"} | ({"cursor": cursor} if cursor else {})
        seen += [one["user_id"] for one in client.get(python, query_string=query)]
        about = json.loads(client.last.headers["X-Pagination"])
        cursor = about["next_cursor"]
        assert about["total"] == 5
    assert cursor is None
    assert seen == [who.id for who in everybody]


def test_a_cursor_opens_one_list_only(api, ada, make, enroll, python):
    for name in ("one", "two"):
        enroll(make.user(name))
    make.path("snakes", ["loops"])
    client = api.as_(ada)
    client.get(f"{python}?page_size=1")
    cursor = json.loads(client.last.headers["X-Pagination"])["next_cursor"]
    client.get("/paths/snakes/enrollments", query_string={"cursor": cursor}, expect=422)
    client.get(python, query_string={"cursor": f"x{cursor}"}, expect=422)


def test_my_enrollments_are_filtered_by_status(api, alice, make, python):
    make.path("snakes", ["rings"])
    for slug in ("python", "snakes"):
        join(api, alice, slug)
    do(api, alice, "rings")
    mine = api.as_(alice).get("/users/me/enrollments?status=completed")
    assert [one["path"] for one in mine] == ["snakes"]
