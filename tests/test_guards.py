"""The guard against lost writes, which watches every test, sees what it is there for."""

import pytest
import sqlalchemy as sa

from learnpath.extensions import autocommit, db, reads, transaction
from learnpath.prepared import Prepared
from learnpath.throttle import Counter

from .guards import lost_writes

ROW = {"key": "new", "hits": 1, "expires_at": 0.0}
INSERT = sa.insert(Counter).values(**ROW)


@pytest.fixture
def no_lost_writes():
    """Let these tests do what the guard forbids."""


@pytest.mark.parametrize(
    "write",
    [
        lambda: reads.all(INSERT),
        lambda: reads.all(Prepared(INSERT)),
        lambda: reads.scalar(INSERT.returning(Counter.key)),
        lambda: reads.entities(INSERT.returning(Counter)),
    ],
    ids=["ordinary", "prepared", "scalar", "entities"],
)
def test_a_write_through_reads_is_noticed(app, write):
    with app.app_context(), lost_writes(app) as faults:
        write()
    assert [fault[:27] for fault in faults] == ["a write went through reads:"]


def put_and_commit():
    transaction.put(Counter, ROW)
    db.session.commit()


@pytest.mark.parametrize(
    ("write", "status", "seen"),
    [
        (lambda: transaction.put(Counter, ROW), 204, 1),
        (lambda: transaction.put(Counter, ROW), 409, 0),
        (put_and_commit, 204, 0),
        (lambda: autocommit.put(Counter, ROW), 204, 0),
    ],
    ids=["forgotten", "refused", "committed", "autocommitted"],
)
def test_a_write_that_nobody_committed_is_noticed_behind_a_good_answer(
    another, write, status, seen
):
    service = another()

    @service.post("/writes")
    def view():
        write()
        return "", status

    with lost_writes(service) as faults:
        service.test_client().post("/writes")
    assert len(faults) == seen
