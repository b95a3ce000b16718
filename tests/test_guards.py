"""The guard against lost writes, which watches every test, sees what it is there for."""

import pytest
import sqlalchemy as sa

from learnpath.db import db, reads
from learnpath.db.query import Query
from learnpath.db.upsert import upsert
from learnpath.rate_limits.models import RateLimitCounter

from .guards import lost_writes

ROW = {"key": "new", "hits": 1, "expires_at": 0.0}
INSERT = sa.insert(RateLimitCounter).values(**ROW)


@pytest.fixture
def no_lost_writes():
    """Let these tests do what the guard forbids."""


@pytest.mark.parametrize(
    "write",
    [
        lambda: reads.all(INSERT),
        lambda: reads.all(Query(INSERT)),
        lambda: reads.scalar(INSERT.returning(RateLimitCounter.key)),
    ],
    ids=["ordinary", "query", "scalar"],
)
def test_a_write_through_reads_is_noticed(app, write):
    with app.app_context(), lost_writes(app) as faults:
        write()
    assert [fault[:27] for fault in faults] == ["a write went through reads:"]


def put_and_commit():
    upsert(RateLimitCounter, ROW)
    db.session.commit()


@pytest.mark.parametrize(
    ("write", "status", "seen"),
    [
        (lambda: upsert(RateLimitCounter, ROW), 204, 1),
        (lambda: upsert(RateLimitCounter, ROW), 409, 0),
        (put_and_commit, 204, 0),
    ],
    ids=["forgotten", "refused", "committed"],
)
def test_a_write_that_nobody_committed_is_noticed_behind_a_good_answer(
    make_app, write, status, seen
):
    service = make_app()

    @service.post("/writes")
    def view():
        write()
        return "", status

    with lost_writes(service) as faults:
        service.test_client().post("/writes")
    assert len(faults) == seen
