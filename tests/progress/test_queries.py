"""How many statements an answer takes: always the same, whatever the size."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ..actions import arrange, do, join

pytestmark = pytest.mark.exhaustive

ALL = "page_size=100"
CEILINGS = {  # with the account check; BEGIN and COMMIT not counted
    f"/users/me/paths/p0?{ALL}": 10,
    "/users/me/next": 4,
    f"/users/me/progress?{ALL}": 3,
    f"/users/me/progress?{ALL}&path=p0": 3,
    f"/users/me/progress/events?{ALL}": 3,
    f"/users/me/enrollments?{ALL}": 3,
    "/users/me/progress/p0-m0": 3,
    f"/paths?{ALL}": 4,
    f"/paths/p0/modules?{ALL}": 5,
    "/users/me": 2,
}
SIZES = ((1, 10), (1, 100), (8, 100))  # paths, modules in the first of them


@pytest.fixture
def statements(queries):
    """How many statements something takes."""

    def count(act):
        queries.clear()
        act()
        return sum(not sent.startswith("BEGIN") for sent in queries)

    return count


@pytest.fixture
def grow(api, alice, make):
    """Let Alice follow so many paths, the first of them so long, and have begun on each."""

    def grow(paths, size):
        for number in range(paths):
            slugs = [f"p{number}-m{place}" for place in range(10 if number else size)]
            chain = zip(slugs, [None, *slugs], strict=False)
            make.path(
                f"p{number}",
                [{"slug": one, "requires": [before] * bool(before)} for one, before in chain],
            )
            if number or size == 10:
                join(api, alice, f"p{number}")
                do(api, alice, slugs[0])

    return grow


def test_reading_takes_as_many_statements_whatever_the_size(api, alice, statements, grow):
    taken = []
    for paths, size in SIZES:
        grow(paths, size)
        taken.append({url: statements(lambda url=url: api.as_(alice).get(url)) for url in CEILINGS})
    assert taken[0] == taken[1] == taken[2]
    assert {url: count for url, count in taken[0].items() if count > CEILINGS[url]} == {}


STAFF_LISTS = {
    f"/users/?{ALL}": 2,
    f"/modules?{ALL}": 2,
    f"/stubs?{ALL}": 2,
    f"/api-keys/?{ALL}": 2,
    f"/paths/python/enrollments?{ALL}": 5,
    f"/paths/python/learners?{ALL}": 7,
    "/paths/python/report": 11,
}


def test_staff_lists_take_as_many_statements_whatever_the_size(api, ada, make, statements):
    make.path("python", ["loops", "lists"])
    taken = []
    for size in (2, 7):
        for number in range(size):
            learner = make.user(f"learner-{size}-{number}")
            join(api, learner, "python")
            do(api, learner, "loops")
            report = {"module_id": f"stub-{size}-{number}", "completed": True}
            api.as_(learner).post("/users/me/progress", report)
            make.key("users:read")
        asked = {url: statements(lambda url=url: api.as_(ada).get(url)) for url in STAFF_LISTS}
        taken.append(asked)
    assert taken[0] == taken[1]
    assert {url: count for url, count in taken[0].items() if count > STAFF_LISTS[url]} == {}


def test_a_report_takes_as_many_statements_whatever_the_size(api, alice, statements, grow):
    taken = []
    for number, (paths, size) in enumerate(SIZES, start=1):
        grow(paths, size)
        module = f"p0-m{number}"
        taken.append([statements(lambda it=module: do(api, alice, it)) for _ in range(2)])
    assert taken[0] == taken[1] == taken[2]
    news, repeat = taken[0]
    assert news <= 11
    assert repeat <= 6


def test_a_batch_takes_as_many_statements_whatever_the_size(api, alice, make, statements):
    """Each batch begins and completes paths: one of one module, 5 of 10, 10 of 50."""

    def send(paths, size):
        slugs = [f"{size}-{number}" for number in range(paths)]
        modules = {slug: [f"m-{slug}-{place}" for place in range(size)] for slug in slugs}
        for slug in slugs:
            join(api, alice, make.path(slug, modules[slug]))
        batch = [
            {
                "id": module,
                "module_id": module,
                "status": "completed",
                "occurred_at": datetime.now(UTC).isoformat(),
                **({"score": 5} if place % 2 else {"position": place}),
            }
            for slug in slugs
            for place, module in enumerate(modules[slug])
        ]
        taken = statements(lambda: api.as_(alice).post("/users/me/progress/events", batch))
        paths = api.as_(alice).get("/users/me/enrollments?page_size=100")
        assert {path["status"] for path in paths} == {"completed"}
        return taken

    one, some, many = send(1, 1), send(5, 10), send(10, 50)
    assert one == some == many <= 15


def test_an_edit_that_completes_a_class_takes_as_many_statements_whatever_its_size(
    api, ada, make, statements
):
    taken = []
    for size in (2, 9):
        path = make.path(f"path-{size}", [f"a-{size}", f"b-{size}"])
        for number in range(size):
            learner = make.user(f"learner-{size}-{number}")
            join(api, learner, path)
            do(api, learner, f"a-{size}")
        taken.append(statements(lambda it=path, size=size: arrange(api, ada, it, [f"a-{size}"])))
    assert taken[0] == taken[1]
