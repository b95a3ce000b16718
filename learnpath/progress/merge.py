"""Merging a stub into a catalogued module: the events of both become one set."""

from collections.abc import Sequence

import sqlalchemy as sa

from ..db import db, locks
from ..errors import Conflict
from ..modules import services as modules
from ..modules.models import UNCATALOGUED, Module
from ..paths import signals
from ..paths.models import Path, PathModule
from ..users.models import User
from . import queries
from .models import Event, Progress
from .rules.events import State, fold
from .store import emit_signals, upsert_states

BATCH = 500  # learners


class NotAStub(Conflict):
    """Only an uncatalogued module can be merged, and only into a catalogued one."""


def merge_stub(stub_slug: str, into_slug: str) -> Module:
    """Merge a stub into a module; its slug becomes an alias. Returns the module.

    The progress is the fold of the events on both (rule 9). Paths that this completes are
    completed. Raises ModuleNotFound, NotAStub.
    """
    locks.begin_write()
    _lock_learners(stub_slug)  # a report locks its learner first, then the module
    locked = {
        slug: modules.lock_module(slug, against_reports=slug == stub_slug)
        for slug in sorted({stub_slug, into_slug})
    }
    stub, into = locked[stub_slug], locked[into_slug]
    if stub.status != UNCATALOGUED or into.status == UNCATALOGUED:
        raise NotAStub
    learners = _lock_learners(stub_slug)  # also those who reported in between
    for start in range(0, len(learners), BATCH):
        _merge_progress(learners[start : start + BATCH], stub_slug, into_slug)
    modules.replace_with_alias(stub, into_slug)
    paths = sa.select(PathModule.path_slug).where(PathModule.module_slug == into_slug)
    for path in db.session.scalars(paths.order_by(PathModule.path_slug)).all():
        signals.requirements_changed.send(Path, path=path)
    return into


def _lock_learners(stub: str) -> Sequence[int]:
    """Lock all users who have progress on a stub; return their ids."""
    learners = (
        sa.select(Progress.user_id)
        .join(Module, Module.slug == Progress.module_slug)
        .where(Module.slug == stub, Module.status == UNCATALOGUED)
    )
    users = sa.select(User.id).where(User.id.in_(learners)).order_by(User.id)
    return db.session.scalars(users.with_for_update(key_share=True)).all()


def _merge_progress(learners: Sequence[int], stub: str, into: str) -> None:
    """Move the events of these learners, fold them again, and send the signals."""
    own = Progress.user_id.in_(learners)
    rows = queries.rows_by_module(own, Progress.module_slug == into)
    before = {key: State.from_row(row) for key, row in rows.items()}
    own_events = Event.user_id.in_(learners)
    db.session.execute(
        sa.update(Event)
        .where(own_events, Event.module_slug == stub)
        .values(module_slug=into)
        .execution_options(synchronize_session=False)
    )
    events = queries.events_by_module(own_events, Event.module_slug == into)
    keys = [(user_id, into) for user_id in learners]
    after = {key: fold(events[key], before.get(key, State()).exemptions) for key in keys}
    upsert_states(after)
    db.session.execute(sa.delete(Progress).where(own, Progress.module_slug == stub))
    for key, state in after.items():
        emit_signals(*key, before.get(key, State()), state)
