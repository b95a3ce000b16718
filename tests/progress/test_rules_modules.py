"""The rules of one module: what a set of events comes to (rules 4, 5, 6 and 9)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnpath.progress.rules.events import ProgressEvent, State, apply, fold

from .oracle import is_completed_by, what_it_comes_to

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def at(minute):
    return NOON + timedelta(minutes=minute)


def event(kind, minute, id="", **said):
    return ProgressEvent(id=id or f"{kind} at {minute}", kind=kind, occurred_at=at(minute), **said)


# examples


def test_what_i_never_touched_is_not_started():
    assert fold([]) == State()
    assert (State().status, State().percent, State().completed_at) == ("not_started", 0, None)


def test_rule_4_a_completion_is_outdated_once_the_module_is_revised():
    state = fold([event("completed", 1, revision=2)])
    assert [state.is_outdated(revision) for revision in (1, 2, 3)] == [False, False, True]


def test_rule_4_completing_an_outdated_module_again_moves_no_date():
    before = fold([event("completed", 1, revision=1)])
    after = apply(before, event("completed", 9, revision=2))
    assert not after.equivalent_to(before)
    assert after.completed_revision == 2
    assert after.completed_at == after.first_completed_at == at(1)


def test_rule_4_what_is_not_completed_is_never_outdated():
    state = fold([event("completed", 1, revision=1), event("reopened", 2)])
    assert not state.is_outdated(9)


def test_rule_5_taking_a_completion_back_keeps_the_first_date():
    state = fold([event("completed", 1), event("reopened", 2)])
    assert (state.status, state.completed_at) == ("in_progress", None)
    assert state.first_completed_at == at(1)


def test_rule_5_completing_again_shows_the_first_date():
    state = fold([event("completed", 1), event("reopened", 2), event("completed", 3)])
    assert state.completed_at == at(1)


@pytest.mark.parametrize(
    ("events", "percent"),
    [
        ([event("started", 1)], 0),
        ([event("started", 1, percent=40), event("started", 2, percent=30)], 40),
        ([event("started", 1, percent=100)], 99),
        ([event("completed", 1)], 100),
        ([event("completed", 1, percent=100), event("reopened", 2)], 99),
        ([event("started", 1, percent=40), event("reset", 2)], 0),
        ([event("started", 1, percent=40), event("reset", 2), event("started", 3, percent=7)], 7),
    ],
)
def test_rule_6_a_module_is_at_100_exactly_while_it_is_completed(events, percent):
    assert fold(events).percent == percent


def test_rule_9_at_the_same_time_completed_wins_over_reopened():
    assert fold([event("completed", 1), event("reopened", 1)]).is_completed


def test_rule_9_started_never_undoes_a_completion():
    assert fold([event("completed", 1), event("started", 9)]).is_completed


def test_rule_9_percent_and_score_are_the_highest_and_time_is_the_sum():
    state = fold(
        [
            event("started", 1, percent=10, score=9.5, time_spent=60),
            event("started", 2, percent=50, score=4.0, time_spent=30),
            event("started", 3, percent=20),
        ]
    )
    assert (state.percent, state.score, state.time_spent) == (50, 9.5, 90)


def test_rule_9_the_latest_position_is_kept_and_at_the_same_time_the_later_id():
    late = [event("started", 5, id="b", position="B"), event("started", 5, id="a", position="A")]
    assert fold([*late, event("started", 1, position="old")]).position == "B"
    assert fold([*late, event("started", 6)]).position == "B"  # says nothing of a position


def test_rule_9_what_came_before_a_reset_counts_for_the_first_completion_only():
    early = event("completed", 1, percent=80, score=5.0, time_spent=60, position=3)
    state = fold([event("reset", 5), early])
    assert state == State(reset_at=at(5), last_activity_at=at(5), first_completed_at=at(1))
    assert state.status == "not_started"


def test_rule_9_what_happened_at_the_moment_of_the_reset_came_before_it():
    assert fold([event("reset", 5), event("completed", 5)]).status == "not_started"


def test_rule_9_the_same_event_twice_counts_once():
    once = event("started", 1, time_spent=60)
    assert fold([once, once]).time_spent == 60


@pytest.mark.parametrize(("fact", "status"), [("waived_at", "waived"), ("skipped_at", "skipped")])
def test_rule_9_no_event_touches_what_is_waived_or_skipped(fact, status):
    start = State(**{fact: at(0)})
    for kind in ("started", "reopened", "reset"):
        assert fold([event(kind, 1)], start).status == status
    assert fold([event("completed", 1)], start).status == "completed"
    assert fold([event("completed", 1), event("reset", 2)], start).status == status


# properties: few minutes, so that there are many ties

FACTS = {
    "percent": st.none() | st.integers(0, 100),
    "score": st.none() | st.sampled_from([0.0, 0.5, 99.5]),
    "time_spent": st.integers(0, 3),
    "position": st.none() | st.integers(0, 3) | st.just({"page": 1}),
    "revision": st.none() | st.integers(1, 3),
}


def happenings(*kinds):
    return st.builds(
        ProgressEvent,
        id=st.text("abcd", min_size=1, max_size=3),
        kind=st.sampled_from(kinds),
        occurred_at=st.integers(0, 5).map(at),
        **FACTS,
    )


ANY = happenings("started", "completed", "reopened", "reset")
BUT_RESETS = happenings("started", "completed", "reopened")
SETS = st.lists(ANY, max_size=8, unique_by=lambda one: one.id)


@given(st.data(), SETS)
def test_rule_9_any_order_and_repetition_comes_to_the_same(data, events):
    repeated = events + (data.draw(st.lists(st.sampled_from(events))) if events else [])
    shuffled = data.draw(st.permutations(repeated))
    assert fold(shuffled) == fold(events)


@given(SETS)
def test_rule_9_the_fold_is_what_the_rule_says_of_the_whole_set(events):
    assert fold(events) == what_it_comes_to(events)
    assert fold(events).is_completed == is_completed_by(events)


@given(SETS, st.booleans(), st.booleans())
def test_rule_9_waived_and_skipped_come_out_as_they_went_in(events, is_waived, is_skipped):
    facts = {
        "waived_at": at(0) if is_waived else None,
        "skipped_at": at(1) if is_skipped else None,
    }
    assert asdict(fold(events, State(**facts))) == asdict(fold(events)) | facts


@given(st.data(), st.lists(BUT_RESETS | st.none(), max_size=8))
def test_rule_9_one_by_one_comes_to_the_same_as_all_at_once(data, arriving):
    """A reset (None) is a direct write, so it comes after everything known when it arrives."""
    arrived: list[ProgressEvent] = []
    for number, one in enumerate(arriving):
        known = max((other.occurred_at for other in arrived), default=at(0))
        reset = ProgressEvent(id=f"{number}", kind="reset", occurred_at=known + TICK)
        arrived.append(
            reset if one is None else ProgressEvent(**(asdict(one) | {"id": f"{number}"}))
        )
    shuffled = data.draw(st.permutations(arrived))
    assert reduce(apply, arrived, State()) == fold(shuffled)


@given(SETS)
def test_rules_5_and_6_dates_and_percent_follow_from_whether_it_is_completed(events):
    state = fold(events)
    assert (state.percent == 100) == state.is_completed == (state.status == "completed")
    assert 0 <= state.percent <= 100
    assert state.completed_at == (state.first_completed_at if state.is_completed else None)
    assert not state.is_completed or state.first_completed_at is not None


@given(SETS, BUT_RESETS)
def test_rule_9_an_event_more_takes_no_first_date_and_no_time_away(events, one_more):
    before = fold(events)
    after = fold([*events, ProgressEvent(**(asdict(one_more) | {"id": "one more"}))])
    assert after.time_spent >= before.time_spent
    assert after.highest_percent >= before.highest_percent
    if before.first_completed_at:
        assert after.first_completed_at <= before.first_completed_at
    if before.started_at:
        assert after.started_at <= before.started_at


@given(SETS, st.sampled_from(["completed", "reopened"]))
def test_rule_8_what_comes_after_everything_known_has_the_last_word(events, kind):
    known = max((one.occurred_at for one in events), default=at(0))
    said = ProgressEvent(id="direct", kind=kind, occurred_at=known + TICK, position="here")
    state = apply(fold(events), said)
    assert state.is_completed == (kind == "completed")
    assert state.position == "here"
