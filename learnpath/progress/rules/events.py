"""The state of a module as the fold of its events (rules 4, 5, 6 and 9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any, Self

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
class ProgressEvent:
    """One accepted event of one learner on one module; `kind` is one of the four above."""

    id: str
    kind: str
    occurred_at: datetime
    percent: int | None = None
    score: float | None = None
    time_spent: int = 0  # seconds
    position: Any = None
    revision: int | None = None  # of the module, set for a completion

    @classmethod
    def from_row(cls, row: Any) -> Self:
        """Return the event that a database row stores."""
        return cls(**{name: getattr(row, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class State:
    """The fold of a learner's events on one module, and two facts that no event changes."""

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

    @classmethod
    def from_row(cls, row: Any) -> Self:
        """Return the state that a database row stores."""
        return cls(**{name: getattr(row, name) for name in cls.__dataclass_fields__})

    @property
    def is_completed(self) -> bool:
        """Rule 9: the latest of completed and reopened; at equal times completed wins."""
        if self.last_completed_at is None:
            return False
        return self.last_reopened_at is None or self.last_completed_at >= self.last_reopened_at

    @property
    def status(self) -> str:
        """Return the status, one of STATUSES."""
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
        """Rule 5: the first completion while the module is completed, else None."""
        return self.first_completed_at if self.is_completed else None

    @property
    def exemptions(self) -> State:
        """Only the facts that no event changes: the start of a fold."""
        return State(waived_at=self.waived_at, skipped_at=self.skipped_at)

    def is_outdated(self, revision: int) -> bool:
        """Return whether the completed revision is older than `revision` (rule 4)."""
        return self.is_completed and (self.completed_revision or 0) < revision

    def equivalent_to(self, other: State) -> bool:
        """Return whether a client sees no difference, also after a completion is taken back.

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


def fold(events: Iterable[ProgressEvent], start: State | None = None) -> State:
    """Return the state that follows from a *set* of events (rule 9).

    Order and repetition make no difference. `start` has the facts that no event changes.
    """
    events = {event.id: event for event in events}.values()
    resets = [event for event in events if event.kind == RESET]
    start = reduce(apply, sorted(resets, key=lambda reset: reset.occurred_at), start or State())
    return reduce(apply, (event for event in events if event.kind != RESET), start)


def apply(state: State, event: ProgressEvent) -> State:
    """Return `state` with one more event.

    The order of events does not matter, except that a reset must be applied after all events
    before it. It is: only a direct write makes one, with a time after everything stored.
    """
    if event.kind == RESET:
        return State(
            reset_at=event.occurred_at,
            last_activity_at=_greatest(state.last_activity_at, event.occurred_at),
            first_completed_at=state.first_completed_at,
            waived_at=state.waived_at,
            skipped_at=state.skipped_at,
        )
    state = replace(state, last_activity_at=_greatest(state.last_activity_at, event.occurred_at))
    if event.kind == COMPLETED:
        earliest = _least(state.first_completed_at, event.occurred_at)
        state = replace(state, first_completed_at=earliest)
    if state.reset_at is not None and event.occurred_at <= state.reset_at:
        return state  # it counts for the first completion only
    return _apply_current(state, event)


def _apply_current(state: State, event: ProgressEvent) -> State:
    """Apply an event that is later than the last reset."""
    changes: dict[str, Any] = {
        "started_at": _least(state.started_at, event.occurred_at),
        "highest_percent": max(state.highest_percent, event.percent or 0),
        "score": _greatest(state.score, event.score),
        "time_spent": state.time_spent + event.time_spent,
    }
    if event.kind == COMPLETED:
        changes["last_completed_at"] = _greatest(state.last_completed_at, event.occurred_at)
        changes["completed_revision"] = _greatest(state.completed_revision, event.revision)
    if event.kind == REOPENED:
        changes["last_reopened_at"] = _greatest(state.last_reopened_at, event.occurred_at)
    if event.position is not None and _has_later_position(event, state):
        changes["position"] = event.position
        changes["position_at"] = event.occurred_at
        changes["position_id"] = event.id
    return replace(state, **changes)


def _has_later_position(event: ProgressEvent, state: State) -> bool:
    if state.position_at is None or state.position_id is None:
        return True
    return (event.occurred_at, event.id) > (state.position_at, state.position_id)


def _least(current: datetime | None, new: datetime) -> datetime:
    return new if current is None else min(current, new)


def _greatest(current: Any, new: Any) -> Any:
    return max((value for value in (current, new) if value is not None), default=None)
