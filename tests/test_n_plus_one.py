"""Every GET operation takes as many statements for thirty of everything as for three."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from learnpath.enrollments import services as enrollments
from learnpath.extensions import db
from learnpath.mail import services as mail
from learnpath.paths.models import Author, Tag
from learnpath.progress import batches
from learnpath.progress.writing import Reporter
from learnpath.users import services as users

from .api import PREFIX, Api

pytestmark = pytest.mark.exhaustive

FEW, MANY = 3, 30
EVERYTHING = "?page_size=100&count=true"


@pytest.fixture
def grow(app, ada, make):
    """Make `upto` of everything that Ada can look at; more than there were before."""
    there = []

    def grow(upto):
        news = range(len(there), upto)
        make.path("long", [f"m{number}" for number in range(upto)])
        make.stubs(upto, reported_by=ada) if not there else None
        for number in news:
            make.path(f"p{number}", [f"m{number}"])
            make.key("users:read")
        with app.app_context():
            for number in news:
                fill(number)
            take_in(upto)
            db.session.commit()
        for _ in news:
            log_in(ada)
        there.extend(news)

    def log_in(person):
        Api(app).post("/users/login", {"email": person.email, "password": person.password})

    def fill(number):
        learner = users.add_account(f"L{number}", f"l{number}@example.org", "-")
        for who, path in ((learner, "long"), (ada.id, f"p{number}")):
            enrollments.enroll(who, path, by=ada.id, note="Welcome")
        db.session.add_all(
            [
                Author(path_slug="long", user_id=learner),
                Author(path_slug=f"p{number}", user_id=learner),
                Tag(path_slug="long", word=f"tag{number}"),
                Tag(path_slug=f"p{number}", word="tag"),
            ]
        )
        mail.queue("password-reset", ada.email)

    def take_in(upto):
        """Complete every module but the last, one a day."""
        if not there:
            enrollments.enroll(ada.id, "long", by=None)
        start = datetime.now(UTC) - timedelta(days=upto)
        events = [
            {
                "id": f"e{upto}-{number}",
                "module_id": f"m{number}",
                "occurred_at": start + timedelta(days=number),
                "status": "completed",
            }
            for number in range(upto - 1)
        ]
        batches.take_in(ada.id, events, Reporter(user_id=None, is_trusted=True))

    return grow


@pytest.fixture
def taken(api, ada, queries):
    """Ask for everything as Ada; return how long each answer is and how many statements it took."""

    def count(url, headers):
        queries.clear()
        client = api.as_(ada)
        client.get(url + EVERYTHING, headers=headers)
        return len(client.last.data), sum(not sent.startswith("BEGIN") for sent in queries)

    def taken():
        (enrollment, *_) = api.as_(ada).get("/users/me/enrollments")
        ids = {"user_id": ada.id, "path": "long", "module": "m0", "enrollment_id": enrollment["id"]}
        counts = {}
        for address, operations in api.app.test_client().get("/openapi.json").json["paths"].items():
            if not address.startswith(PREFIX) or "get" not in operations:
                continue
            kinds = operations["get"]["responses"]["200"]["content"]
            for kind in kinds:
                url = address.removeprefix(PREFIX).format_map(ids)
                counts[f"{address} as {kind}"] = count(url, {"Accept": kind})
        return counts

    return taken


def test_every_answer_takes_as_many_statements_for_thirty_as_for_three(grow, taken):
    grow(FEW)
    few = taken()
    grow(MANY)
    many = taken()
    growing = [answer for answer in few if many[answer][0] > 3 * few[answer][0]]
    assert len(growing) >= 15  # the lists are filled
    statements = {answer: (few[answer][1], many[answer][1]) for answer in few}
    assert {answer: counts for answer, counts in statements.items() if len(set(counts)) > 1} == {}
