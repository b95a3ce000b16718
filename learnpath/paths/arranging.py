"""Put the modules of a path in order: the whole list at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..clock import now
from ..errors import InvalidInput
from ..extensions import db
from . import signals
from .authoring import steps_of
from .models import PUBLISHED, UNCATALOGUED, Membership, Module, Path
from .services import Condition
from .validation import Step, refuse_cycle, refuse_uncompletable

MODULES_MAX = 500


def replace_modules(path: Path, entries: Sequence[dict[str, Any]], readable: Condition) -> Path:
    """Make `entries` the whole ordered list of a path's modules: `{module, required, requires}`.

    Progress and what was completed are never touched. Whoever now has everything completes
    the path (rule 3). Raises InvalidInput, PathNotCompletable.
    """
    if place_modules(path, check_modules(path, entries, readable)):
        path.version += 1
        path.updated_at = now()
        db.session.flush()
    signals.requirements_changed.send(Path, path=path.slug)
    return path


def check_modules(path: Path, entries: Sequence[dict[str, Any]], readable: Condition) -> list[Step]:
    """Return the places that `entries` give to modules, in order; nothing is written.

    A module that is not `readable` to the author is as unknown as one that is not there.
    Raises InvalidInput, and PathNotCompletable for a published path.
    """
    steps = _checked_steps(entries, readable)
    refuse_cycle(path, steps)
    if path.status == PUBLISHED:
        refuse_uncompletable(path, steps)
    return steps


def place_modules(path: Path, steps: Sequence[Step]) -> bool:
    """Put the modules of a path where `steps` say; tell whether that is news."""
    present = [(step.module, step.required, step.requires) for step in steps_of(path)]
    if present == [(step.module, step.required, step.requires) for step in steps]:
        return False
    path.memberships = []
    db.session.flush()  # frees the positions before they are taken again
    path.memberships = [
        Membership(
            position=position,
            module_slug=step.module,
            required=step.required,
            requires=list(step.requires),
        )
        for position, step in enumerate(steps, start=1)
    ]
    db.session.flush()
    return True


def memberships_of(path: Path) -> list[Membership]:
    """Return a path's places in order, each with its module: one query."""
    places = sa.select(Membership).where(Membership.path_slug == path.slug)
    return list(
        db.session.scalars(
            places.order_by(Membership.position).options(joinedload(Membership.module))
        )
    )


def _checked_steps(entries: Sequence[dict[str, Any]], readable: Condition) -> list[Step]:
    if len(entries) > MODULES_MAX:
        raise InvalidInput(errors={"_schema": [f"A path has at most {MODULES_MAX} modules."]})
    slugs = [entry["module"] for entry in entries]
    known = sa.select(Module.slug, Module.status).where(
        Module.slug.in_(slugs), Module.status != UNCATALOGUED, readable
    )
    statuses = {row.slug: row.status for row in db.session.execute(known)}
    errors: dict[Any, dict[str, list[str]]] = {}
    for index, entry in enumerate(entries):
        if entry["module"] not in statuses:
            errors[index] = {"module": ["There is no such module in the catalogue."]}
        elif entry["module"] in slugs[:index]:
            errors[index] = {"module": ["This module stands in the list already."]}
        elif missing := [slug for slug in entry["requires"] if slug not in slugs]:
            errors[index] = {"requires": [f"Not in this path: {', '.join(missing)}."]}
    if errors:
        raise InvalidInput(errors=errors)
    return [
        Step(
            module=entry["module"],
            required=entry["required"],
            requires=tuple(dict.fromkeys(entry["requires"])),
            status=statuses[entry["module"]],
        )
        for entry in entries
    ]
