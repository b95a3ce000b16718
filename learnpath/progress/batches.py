"""Taking in what offline clients kept for later: many events in one go, each for itself."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from .. import database, metrics
from ..errors import InvalidInput
from ..extensions import db
from ..paths.models import Alias, Module
from ..paths.services import FOLLOWED
from ..users import services as users
from . import facts
from .completing import judge_learner
from .models import Event, Progress
from .reporting import happening, refuse_implausible_time
from .rules.modules import Happening, State, merge
from .writing import Reporter, announce, digest_of, event_row, write_rows

APPLIED = "applied"
DUPLICATE = "duplicate"
CONFLICT = "conflict"
REJECTED = "rejected"
RESULTS = (APPLIED, DUPLICATE, CONFLICT, REJECTED)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BadItem:
    """An item whose form is wrong already; it is rejected, and the others go on."""

    id: Any
    reason: str


def take_in(
    user_id: int, items: Sequence[dict[str, Any] | BadItem], by: Reporter
) -> list[dict[str, Any]]:
    """Keep a batch of events of one learner; return a result per item, in the same order.

    The same id with the same content is a duplicate, with another a conflict, and the first
    stands. What is rejected is not stored and may be sent again. A fixed number of
    statements, whatever the size. Locks refuse nothing here: it has happened (rule 7).
    Raises UserNotFound.
    """
    learner = users.lock_user(user_id)
    batch = _Batch(
        user_id, learner.timezone, by, [item for item in items if isinstance(item, dict)]
    )
    results = [
        _result(item.id, REJECTED, item.reason) if isinstance(item, BadItem) else batch.take(item)
        for item in items
    ]
    batch.write()
    counts = Counter(result["result"] for result in results)
    for result, number in counts.items():
        metrics.count("events", result, number)
    facts = {"results": dict(counts)}
    logger.info("batch of user %s: %s", user_id, dict(counts), extra={"facts": facts})
    return results


class _Batch:
    """The facts that a batch needs, read at once, and what it adds to them."""

    def __init__(
        self, user_id: int, timezone: str, by: Reporter, items: Sequence[dict[str, Any]]
    ) -> None:
        self.user_id, self.timezone, self.by = user_id, timezone, by
        sent = {item["module_id"] for item in items}
        aliases = sa.select(Alias.slug, Alias.module_slug).where(Alias.slug.in_(sent))
        self.aliases = {row.slug: row.module_slug for row in db.session.execute(aliases)}
        slugs = sent.union(self.aliases.values())
        known_modules = (
            sa.select(Module.slug, Module.revision)
            .where(Module.slug.in_(slugs), Module.status.in_(FOLLOWED))
            .order_by(Module.slug)
            .with_for_update(read=True, key_share=True)  # nobody deletes them meanwhile
        )
        self.revisions = {row.slug: row.revision for row in db.session.execute(known_modules)}
        known = sa.select(Event.id, Event.digest).where(
            Event.user_id == user_id, Event.id.in_([item["id"] for item in items])
        )
        self.digests = {row.id: row.digest for row in db.session.execute(known)}
        rows = sa.select(Progress).where(
            Progress.user_id == user_id, Progress.module_slug.in_(slugs)
        )
        self.before = {
            row.module_slug: row.state
            for row in db.session.scalars(rows.execution_options(populate_existing=True))
        }
        self.after: dict[str, State] = {}
        self.events: list[tuple[str, Happening]] = []

    def take(self, item: dict[str, Any]) -> dict[str, Any]:
        """Judge one item and keep it in mind."""
        module = self.aliases.get(item["module_id"], item["module_id"])
        if module not in self.revisions:
            return _result(item["id"], REJECTED, "There is no such module.")
        event = happening(item["id"], item["occurred_at"], item, self.revisions[module])
        known = self.digests.get(event.id)
        if known is not None:
            if known == digest_of(module, event):
                return _result(event.id, DUPLICATE)
            return _result(event.id, CONFLICT, "Another event has this id.")
        try:
            refuse_implausible_time(event.occurred_at, self.by)
        except InvalidInput as refusal:
            return _result(event.id, REJECTED, (refusal.errors or {})["occurred_at"][0])
        self.digests[event.id] = digest_of(module, event)
        self.events.append((module, event))
        state = self.after.get(module) or self.before.get(module) or State()
        self.after[module] = merge(state, event)
        return _result(event.id, APPLIED)

    def write(self) -> None:
        """Write the events and the folds, see what they completed, and announce it."""
        if not self.events:
            return
        rows = [event_row(self.user_id, *one, self.timezone, self.by) for one in self.events]
        db.session.execute(database.insert(db.session, Event.__table__), rows)
        write_rows({(self.user_id, module): state for module, state in self.after.items()})
        for module, state in self.after.items():
            announce(self.user_id, module, self.before.get(module, State()), state)
        courses = facts.courses_followed(self.user_id)
        judge_learner(self.user_id, [course.slug for course in courses])


def _result(event_id: Any, result: str, reason: str | None = None) -> dict[str, Any]:
    return {"id": event_id, "result": result, "reason": reason}
