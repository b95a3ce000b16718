"""Taking in what a learner did of a module, and starting it over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..clock import now
from ..errors import Conflict, InvalidInput
from .rules.modules import COMPLETED, IN_PROGRESS, REOPENED, RESET, STARTED, Happening, State, merge
from .rules.paths import locks
from .services import ProgressNotFound, get_progress
from .writing import Change, Reporter, Standing, conclude, fingerprint, keep, stand, unchanged

FUTURE_MAX = timedelta(minutes=5)
PAST_MAX = timedelta(days=30)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEP = timedelta(microseconds=1)


class ModuleLocked(Conflict):
    """Something else has to be done before this module; `blocked_by` says what."""

    example = {"blocked_by": ["run-the-service"]}


def report(
    user_id: int, module: str, body: Mapping[str, Any], by: Reporter, *, admit_unknown: bool = False
) -> Change:
    """Keep what is reported of one module: status, percent, score, time, position.

    A direct write comes after everything known of the module (rule 8), and not on a locked
    one (rule 7). A repeat leaves nothing behind. With `occurred_at` in the `body` it is an
    event like any other (rule 9). Raises UserNotFound, ModuleNotFound, TooManyNewModules,
    ModuleLocked, InvalidInput.
    """
    if body.get("occurred_at") is not None:
        return _report_dated(user_id, module, body, by)
    standing = stand(user_id, module, admit_unknown=admit_unknown)
    _refuse_locked(standing, by)
    event = direct_event(body, standing)
    after = merge(standing.state, event)
    if standing.is_recorded and after.says_the_same_as(standing.state):
        return unchanged(standing)
    keep(standing, event, by)
    return conclude(standing, after)


def _report_dated(user_id: int, module: str, body: Mapping[str, Any], by: Reporter) -> Change:
    refuse_implausible_time(body["occurred_at"], by)
    standing = stand(user_id, module)
    event_id = f"dated:{fingerprint(standing.module, body)}"
    event = happening(event_id, body["occurred_at"], body, standing.revision)
    if not keep(standing, event, by):
        return unchanged(standing)
    after = merge(standing.state, event)
    is_news = not standing.is_recorded or not after.says_the_same_as(standing.state)
    return conclude(standing, after, changed=is_news)


def reset(user_id: int, module: str, by: Reporter) -> Change:
    """Start a module over (rule 9): its first completion and path completions stay.

    Raises UserNotFound, ModuleNotFound, ProgressNotFound.
    """
    get_progress(user_id, module)  # before a module that nobody knows becomes a stub
    standing = stand(user_id, module, admit_unknown=True)
    if not standing.is_recorded:
        raise ProgressNotFound
    event = Happening(id=_new_id(), kind=RESET, occurred_at=_after(standing.state))
    after = merge(standing.state, event)
    if after.says_the_same_as(standing.state):
        return unchanged(standing)
    keep(standing, event, by)
    return conclude(standing, after)


def refuse_implausible_time(occurred_at: datetime, by: Reporter) -> None:
    """Raise InvalidInput for a time ahead of us, and for a long past one of a learner.

    Staff and machines bring in what happened long ago, but nothing from before computers
    counted time.
    """
    if occurred_at < EPOCH:
        raise InvalidInput(errors={"occurred_at": ["This is before 1970."]})
    if occurred_at > now() + FUTURE_MAX:
        raise InvalidInput(errors={"occurred_at": ["This is more than 5 minutes ahead."]})
    if occurred_at < now() - PAST_MAX and not by.is_trusted:
        raise InvalidInput(errors={"occurred_at": ["This is more than 30 days ago."]})


def direct_event(body: Mapping[str, Any], standing: Standing) -> Happening:
    """Make the event of a direct write; only here does `in_progress` reopen what is completed."""
    if body.get("status") == IN_PROGRESS and standing.state.is_completed:
        body = {**body, "status": REOPENED}
    return happening(_new_id(), _after(standing.state), body, standing.revision)


def happening(
    event_id: str, occurred_at: datetime, body: Mapping[str, Any], revision: int
) -> Happening:
    """Make an event of what a body says; `revision` is that of the module now."""
    status = body.get("status")
    kind = str(status) if status in (COMPLETED, REOPENED) else STARTED
    return Happening(
        id=event_id,
        kind=kind,
        occurred_at=occurred_at,
        percent=body.get("percent"),
        score=body.get("score"),
        time_spent=body.get("time_spent_delta") or 0,
        position=body.get("position"),
        revision=revision if kind == COMPLETED else None,
    )


def _refuse_locked(standing: Standing, by: Reporter) -> None:
    if by.is_trusted:
        return
    blocked_by = locks(standing.courses, standing.work).get(standing.module)
    if blocked_by:
        raise ModuleLocked(blocked_by=blocked_by)


def _after(state: State) -> datetime:
    """Return a time after everything known of a module, also where a fast clock reported it."""
    if state.last_activity_at is None:
        return now()
    return max(now(), state.last_activity_at + STEP)


def _new_id() -> str:
    return f"direct:{uuid.uuid4()}"
