"""Rule 9 through the API: batches in any cut, order and repetition, and direct writes between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count, zip_longest

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learnpath.db import db
from learnpath.progress.models import Event, Progress

from . import oracle

EVENTS = "/users/me/progress/events"
MODULES = ("loops", "lists", "rings")
MOMENT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
PEOPLE = count()

said = st.fixed_dictionaries(
    {
        "module_id": st.sampled_from(MODULES),
        "occurred_at": st.integers(0, 4).map(
            lambda minutes: (MOMENT + timedelta(minutes=minutes)).isoformat()
        ),
    },
    optional={
        "status": st.sampled_from(["in_progress", "completed", "reopened"]),
        "percent": st.integers(0, 99),
        "score": st.integers(0, 3),
        "time_spent_delta": st.integers(0, 9),
        "position": st.integers(0, 3),
    },
)
online = st.tuples(
    st.sampled_from(["PUT", "POST", "DELETE"]),
    st.sampled_from(MODULES),
    st.sampled_from(["in_progress", "completed"]),
)


@st.composite
def sendings(draw):
    """Some events as one list; and cut, repeated and shuffled, with direct writes between."""
    events = [
        {"id": f"event-{number}", **body}
        for number, body in enumerate(draw(st.lists(said, min_size=1, max_size=8)))
    ]
    again = draw(st.lists(st.sampled_from(events), max_size=4))
    queue = draw(st.permutations(events + again))
    cuts = sorted(draw(st.sets(st.integers(1, len(queue)), max_size=3)))
    batches = [queue[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]
    return events, [batch for batch in batches if batch], draw(st.lists(online, max_size=3))


@pytest.fixture
def facts(app):
    """What is stored of a learner: their events, and their records as the rules see them."""

    def look(client):
        who = client.person.id
        events = sa.select(Event).where(Event.user_id == who).order_by(Event.id)
        records = sa.select(Progress).where(Progress.user_id == who)
        with app.app_context():
            happened = {}
            for row in db.session.scalars(events):
                happened.setdefault(row.module_slug, []).append(oracle.stored_event(row))
            return happened, {row.module_slug: row.state for row in db.session.scalars(records)}

    return look


HOW_OFTEN = pytest.mark.parametrize(
    "examples",
    [
        pytest.param(10, id="some"),
        pytest.param(100, id="many", marks=pytest.mark.exhaustive),
        pytest.param(1500, id="very-many", marks=pytest.mark.slow),
    ],
)


@pytest.fixture
def somebody(api, make):
    """Create a new user; return a client of theirs."""
    make.path("python", list(MODULES))
    return lambda: api.as_(make.user(f"learner{next(PEOPLE)}"))


def often(examples):
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


@HOW_OFTEN
def test_rule_9_any_cut_order_and_repetition_comes_to_the_same(somebody, facts, examples):
    @often(examples)
    @given(sendings())
    def check(sending):
        events, batches, _writes = sending
        in_one_go, bit_by_bit = somebody(), somebody()
        in_one_go.post(EVENTS, events)
        results = [result for batch in batches for result in bit_by_bit.post(EVENTS, batch)]
        assert {one["result"] for one in results} <= {"applied", "duplicate"}
        applied = [one["id"] for one in results if one["result"] == "applied"]
        assert sorted(applied) == sorted(one["id"] for one in events)  # each once
        assert facts(bit_by_bit) == facts(in_one_go)

    check()


@HOW_OFTEN
def test_rule_9_batches_between_direct_writes_come_to_the_fold_of_everything(
    somebody, facts, examples
):
    @often(examples)
    @given(sendings())
    def check(sending):
        events, batches, writes = sending
        client = somebody()
        for batch, write in zip_longest(batches, writes):
            results = client.post(EVENTS, batch or batches[0])
            assert {one["result"] for one in results} <= {"applied", "duplicate"}
            if write:
                tell(client, *write)
        happened, kept = facts(client)
        assert {one["id"] for one in events} <= {one.id for it in happened.values() for one in it}
        assert kept == {module: oracle.what_it_comes_to(happened[module]) for module in happened}

    check()


def tell(client, method, module, status):
    if method == "DELETE":
        client.answer_to("DELETE", f"/users/me/progress/{module}")  # or 404: nothing to start over
    elif method == "PUT":
        client.put(f"/users/me/progress/{module}", {"status": status})
    else:
        report = {"module_id": module, "completed": status == "completed"}
        client.post("/users/me/progress", report)
