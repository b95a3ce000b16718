"""Merging a stub into a real module: both sets of events become one, and nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from .. import database
from ..errors import Conflict
from ..extensions import db
from ..paths import describing, signals
from ..paths.models import UNCATALOGUED, Alias, Membership, Module, Path
from ..users.models import User
from .models import Event, Progress
from .rules.modules import Happening, State, fold
from .writing import announce, write_rows

BATCH = 500  # learners


class NotAStub(Conflict):
    """Only an uncatalogued module can be merged, and only into a catalogued one."""


def merge_stub(stub_slug: str, into_slug: str) -> Module:
    """Merge a stub into a module; its slug stays an alias. Returns the module.

    The progress on both is folded from both sets of events (rule 9). Every path that now is
    complete for somebody is completed. Raises ModuleNotFound, NotAStub.
    """
    database.begin_write(db.session)
    _lock_learners(stub_slug)  # a report takes its learner first, then the module
    modules = {
        slug: describing.lock_module(slug, against_reports=slug == stub_slug)
        for slug in sorted({stub_slug, into_slug})
    }
    stub, into = modules[stub_slug], modules[into_slug]
    if stub.status != UNCATALOGUED or into.status == UNCATALOGUED:
        raise NotAStub
    learners = _lock_learners(stub_slug)  # also whoever began meanwhile
    for start in range(0, len(learners), BATCH):
        _carry_over(learners[start : start + BATCH], stub_slug, into_slug)
    _leave_an_alias(stub, into_slug)
    paths = sa.select(Membership.path_slug).where(Membership.module_slug == into_slug)
    for path in db.session.scalars(paths.order_by(Membership.path_slug)).all():
        signals.requirements_changed.send(Path, path=path)
    return into


def _lock_learners(stub: str) -> Sequence[int]:
    """Lock everybody who has progress on a stub; return their ids."""
    learners = (
        sa.select(Progress.user_id)
        .join(Module, Module.slug == Progress.module_slug)
        .where(Module.slug == stub, Module.status == UNCATALOGUED)
    )
    everybody = sa.select(User.id).where(User.id.in_(learners)).order_by(User.id)
    return db.session.scalars(everybody.with_for_update(key_share=True)).all()


def _carry_over(learners: Sequence[int], stub: str, into: str) -> None:
    """Move the events of some learners, fold them anew, and say what that completed."""
    on_either = (Progress.user_id.in_(learners), Progress.module_slug.in_([stub, into]))
    rows = sa.select(Progress).where(*on_either).execution_options(populate_existing=True)
    before = {(row.user_id, row.module_slug): row.state for row in db.session.scalars(rows)}
    db.session.execute(
        sa.update(Event)
        .where(Event.user_id.in_(learners), Event.module_slug == stub)
        .values(module_slug=into)
        .execution_options(synchronize_session=False)
    )
    happened = _events_of(learners, into)
    after = {
        (user_id, into): fold(happened[user_id], _exempt(before.get((user_id, into))))
        for user_id in learners
    }
    write_rows(after)
    db.session.execute(
        sa.delete(Progress).where(Progress.user_id.in_(learners), Progress.module_slug == stub)
    )
    for key, state in after.items():
        announce(*key, before.get(key, State()), state)


def _exempt(state: State | None) -> State:
    """Return only what events never touch; a stub can be neither waived nor skipped."""
    if state is None:
        return State()
    return State(waived_at=state.waived_at, skipped_at=state.skipped_at)


def _events_of(learners: Sequence[int], module: str) -> dict[int, list[Happening]]:
    happened: dict[int, list[Happening]] = defaultdict(list)
    events = sa.select(Event).where(Event.user_id.in_(learners), Event.module_slug == module)
    for event in db.session.scalars(events.execution_options(populate_existing=True)):
        names = Happening.__dataclass_fields__
        happened[event.user_id].append(Happening(**{name: getattr(event, name) for name in names}))
    return happened


def _leave_an_alias(stub: Module, into: str) -> None:
    slug = stub.slug
    db.session.execute(sa.update(Alias).where(Alias.module_slug == slug).values(module_slug=into))
    db.session.delete(stub)
    db.session.flush()
    db.session.execute(database.insert(db.session, Alias).values(slug=slug, module_slug=into))
