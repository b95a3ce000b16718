"""Every GET operation needs as many statements for thirty objects of each kind as for three."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from learnpath.db import db
from learnpath.enrollments import services as enrollments
from learnpath.mail import services as mail
from learnpath.paths.models import Author, Tag
from learnpath.progress.events import ingest
from learnpath.progress.store import Actor
from learnpath.users import services as users

from .client import PREFIX, Api

pytestmark = pytest.mark.exhaustive

FEW, MANY = 3, 30
EVERYTHING = "?page_size=100&count=true"


@pytest.fixture
def grow(app, ada, make):
    """Create objects of each kind that Ada can read, until there are `upto` of each."""
    created = []

    def grow(upto):
        new = range(len(created), upto)
        make.path("long", [f"m{number}" for number in range(upto)])
        make.stubs(upto, reported_by=ada) if not created else None
        for number in new:
            make.path(f"p{number}", [f"m{number}"])
            make.key("users:read")
        with app.app_context():
            for number in new:
                fill(number)
            report_events(upto)
            db.session.commit()
        for _ in new:
            log_in(ada)
        created.extend(new)

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

    def report_events(upto):
        """Complete every module but the last, one a day."""
        if not created:
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
        ingest.ingest_events(ada.id, events, Actor(user_id=None, bypasses_locks=True))

    return grow


@pytest.fixture
def taken(api, ada, queries):
    """Send every GET as Ada; return the length and the number of statements of each response."""

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
