"""What a set of events on one module comes to: the fold (rules 4, 5, 6 and 9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any

STARTED = "started"
COMPLETED = "completed"
REOPENED = "reopened"
RESET = "reset"

NOT_STARTED = "not_started"
IN_PROGRESS = "in_progress"
SKIPPED = "skipped"
WAIVED = "waived"
STATUSES = (NOT_STARTED, IN_PROGRESS, COMPLETED, SKIPPED, WAIVED)
SATISFYING = (COMPLETED, WAIVED)


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One accepted event of one learner on one module; `kind` is one of the four above."""

    id: str
    kind: str
    occurred_at: datetime
    percent: int | None = None
    score: float | None = None
    time_spent: int = 0  # seconds
    position: Any = None
    revision: int | None = None  # of the module, when it was completed


@dataclass(frozen=True, kw_only=True)
class State:
    """What the events on one module come to, and the two facts that events never touch."""

    started_at: datetime | None = None
    last_activity_at: datetime | None = None
    first_completed_at: datetime | None = None
    last_completed_at: datetime | None = None
    last_reopened_at: datetime | None = None
    reset_at: datetime | None = None
    highest_percent: int = 0
    score: float | None = None
    time_spent: int = 0
    position: Any = None
    position_at: datetime | None = None
    position_id: str | None = None
    completed_revision: int | None = None
    waived_at: datetime | None = None
    skipped_at: datetime | None = None

    @property
    def is_completed(self) -> bool:
        """Rule 9: the latest of completed and reopened; at equal times completed wins."""
        if self.last_completed_at is None:
            return False
        return self.last_reopened_at is None or self.last_completed_at >= self.last_reopened_at

    @property
    def status(self) -> str:
        """The one word for it all."""
        if self.is_completed:
            return COMPLETED
        if self.waived_at:
            return WAIVED
        if self.skipped_at:
            return SKIPPED
        return IN_PROGRESS if self.started_at else NOT_STARTED

    @property
    def percent(self) -> int:
        """Rule 6: 100 exactly while completed, else the highest reported, at most 99."""
        return 100 if self.is_completed else min(self.highest_percent, 99)

    @property
    def completed_at(self) -> datetime | None:
        """Rule 5: the first completion while the module is completed, else nothing."""
        return self.first_completed_at if self.is_completed else None

    def says_the_same_as(self, other: State) -> bool:
        """Tell whether a client sees no difference, now or after a completion is taken back.

        The time of the last activity does not count.
        """
        return self._visible() == other._visible()

    def _visible(self) -> tuple[Any, ...]:
        return (
            self.status,
            min(self.highest_percent, 99),
            self.score,
            self.time_spent,
            self.position,
            self.started_at,
            self.first_completed_at,
            self.completed_revision if self.is_completed else None,
        )


def fold(events: Iterable[Happening], start: State | None = None) -> State:
    """Return what a *set* of events comes to (rule 9), whatever their order and repetition.

    `start` carries the facts that events never touch.
    """
    events = {event.id: event for event in events}.values()
    resets = [event for event in events if event.kind == RESET]
    start = reduce(merge, sorted(resets, key=lambda reset: reset.occurred_at), start or State())
    return reduce(merge, (event for event in events if event.kind != RESET), start)


def merge(state: State, event: Happening) -> State:
    """Return `state` with one more event.

    The order does not matter, except that a reset comes after everything that is known: it
    is only made by a direct write, which does.
    """
    if event.kind == RESET:
        return State(
            reset_at=event.occurred_at,
            last_activity_at=_latest(state.last_activity_at, event.occurred_at),
            first_completed_at=state.first_completed_at,
            waived_at=state.waived_at,
            skipped_at=state.skipped_at,
        )
    state = replace(state, last_activity_at=_latest(state.last_activity_at, event.occurred_at))
    if event.kind == COMPLETED:
        earliest = _earliest(state.first_completed_at, event.occurred_at)
        state = replace(state, first_completed_at=earliest)
    if state.reset_at is not None and event.occurred_at <= state.reset_at:
        return state  # it counts for the first completion only
    return _merge_live(state, event)


def _merge_live(state: State, event: Happening) -> State:
    changes: dict[str, Any] = {
        "started_at": _earliest(state.started_at, event.occurred_at),
        "highest_percent": max(state.highest_percent, event.percent or 0),
        "score": _highest(state.score, event.score),
        "time_spent": state.time_spent + event.time_spent,
    }
    if event.kind == COMPLETED:
        changes["last_completed_at"] = _latest(state.last_completed_at, event.occurred_at)
        changes["completed_revision"] = _highest(state.completed_revision, event.revision)
    if event.kind == REOPENED:
        changes["last_reopened_at"] = _latest(state.last_reopened_at, event.occurred_at)
    if event.position is not None and _is_later_position(state, event):
        changes["position"] = event.position
        changes["position_at"] = event.occurred_at
        changes["position_id"] = event.id
    return replace(state, **changes)


def _is_later_position(state: State, event: Happening) -> bool:
    if state.position_at is None or state.position_id is None:
        return True
    return (event.occurred_at, event.id) > (state.position_at, state.position_id)


def _earliest(known: datetime | None, new: datetime) -> datetime:
    return new if known is None else min(known, new)


def _latest(known: datetime | None, new: datetime) -> datetime:
    return new if known is None else max(known, new)


def _highest(known: Any, new: Any) -> Any:
    return max((value for value in (known, new) if value is not None), default=None)
