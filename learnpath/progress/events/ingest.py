"""Ingesting a batch of events that a client stored while it was offline."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ...db import db, upsert
from ...errors import InvalidInput
from ...modules.models import Alias, Module
from ...observability import metrics
from ...paths.services import VISIBLE_TO_ENROLLED
from ...users import services as users
from .. import queries
from ..completion import complete_paths
from ..models import Event, Progress
from ..rules.events import ProgressEvent, State, apply
from ..services import check_occurred_at, make_event
from ..store import Actor, content_hash, emit_signals, event_row, upsert_states

APPLIED = "applied"
DUPLICATE = "duplicate"
CONFLICT = "conflict"
REJECTED = "rejected"
RESULTS = (APPLIED, DUPLICATE, CONFLICT, REJECTED)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class InvalidEvent:
    """An item that is not a valid event. It is rejected; the other items are not affected."""

    id: Any
    reason: str


def ingest_events(
    user_id: int, items: Sequence[dict[str, Any] | InvalidEvent], actor: Actor
) -> list[dict[str, Any]]:
    """Store a batch of events of one learner; return one result per item, in the same order.

    The same id with the same content is a duplicate, with another content a conflict. A
    rejected event is not stored and may be sent again. The number of statements is fixed.
    Locked modules are accepted: the events have happened (rule 7). Raises UserNotFound.
    """
    learner = users.lock_user(user_id)
    events = [item for item in items if isinstance(item, dict)]
    batch = _Batch(user_id, learner.timezone, actor, events)
    results = [
        _result(item.id, REJECTED, item.reason)
        if isinstance(item, InvalidEvent)
        else batch.add(item)
        for item in items
    ]
    batch.save()
    counts = dict(Counter(result["result"] for result in results))
    for result, number in counts.items():
        metrics.count("events", result, number)
    logger.info("batch of user %s: %s", user_id, counts, extra={"fields": {"results": counts}})
    return results


class _Batch:
    """What a batch needs from the database, read at once, and the new events and states."""

    def __init__(
        self, user_id: int, timezone: str, actor: Actor, items: Sequence[dict[str, Any]]
    ) -> None:
        self.user_id, self.timezone, self.actor = user_id, timezone, actor
        slugs = {item["module_id"] for item in items}
        aliases = sa.select(Alias.slug, Alias.module_slug).where(Alias.slug.in_(slugs))
        self.aliases = {row.slug: row.module_slug for row in db.session.execute(aliases)}
        slugs.update(self.aliases.values())
        modules = (
            sa.select(Module.slug, Module.revision)
            .where(Module.slug.in_(slugs), Module.status.in_(VISIBLE_TO_ENROLLED))
            .order_by(Module.slug)
            .with_for_update(read=True, key_share=True)  # prevents their deletion
        )
        self.revisions = {row.slug: row.revision for row in db.session.execute(modules)}
        stored = sa.select(Event.id, Event.digest).where(
            Event.user_id == user_id, Event.id.in_([item["id"] for item in items])
        )
        self.digests = {row.id: row.digest for row in db.session.execute(stored)}
        rows = queries.rows_by_module(Progress.user_id == user_id, Progress.module_slug.in_(slugs))
        self.before = {module: State.from_row(row) for (_, module), row in rows.items()}
        self.after: dict[str, State] = {}
        self.events: list[tuple[str, ProgressEvent]] = []

    def add(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add one item to the batch, unless it is a repeat or refused; return its result."""
        module = self.aliases.get(item["module_id"], item["module_id"])
        if module not in self.revisions:
            return _result(item["id"], REJECTED, "There is no such module.")
        event = make_event(item["id"], item["occurred_at"], item, self.revisions[module])
        digest = content_hash(module, vars(event))
        stored = self.digests.get(event.id)
        if stored == digest:
            return _result(event.id, DUPLICATE)
        if stored is not None:
            return _result(event.id, CONFLICT, "Another event has this id.")
        try:
            check_occurred_at(event.occurred_at, self.actor)
        except InvalidInput as problem:
            return _result(event.id, REJECTED, (problem.errors or {})["occurred_at"][0])
        self.digests[event.id] = digest
        self.events.append((module, event))
        state = self.after.get(module) or self.before.get(module) or State()
        self.after[module] = apply(state, event)
        return _result(event.id, APPLIED)

    def save(self) -> None:
        """Write the events and the states, send the signals, complete paths."""
        if not self.events:
            return
        rows = [event_row(self.user_id, *event, self.timezone, self.actor) for event in self.events]
        db.session.execute(upsert.insert(Event.__table__), rows)
        upsert_states({(self.user_id, module): state for module, state in self.after.items()})
        for module, state in self.after.items():
            emit_signals(self.user_id, module, self.before.get(module, State()), state)
        complete_paths(self.user_id, [path.slug for path in queries.active_paths(self.user_id)])


def _result(event_id: Any, result: str, reason: str | None = None) -> dict[str, Any]:
    return {"id": event_id, "result": result, "reason": reason}
