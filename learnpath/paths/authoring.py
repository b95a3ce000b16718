"""Make, change, publish and archive paths, and put modules in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from .. import database
from ..clock import now
from ..errors import Conflict, InvalidInput
from ..extensions import db
from ..users.models import User
from . import signals
from .models import (
    ARCHIVED,
    PUBLISHED,
    UNCATALOGUED,
    Author,
    Membership,
    Module,
    Path,
    Tag,
)
from .services import WHOLE_PATH, PathNotFound
from .validation import Problem, Step, find_cycle, problems_of, refuse_uncompletable

MODULES_MAX = 500


class SlugTaken(Conflict):
    """There is a path or a module with this slug already."""


class PathInUse(Conflict):
    """People are or were enrolled in this path. Archive it instead."""


def create_path(slug: str, *, by: int | None, authors: Sequence[int] = (), **about: Any) -> Path:
    """Make a draft of a path. Raises SlugTaken, InvalidInput for unknown authors."""
    tags = about.pop("tags", [])
    added = db.session.scalar(
        database.insert(db.session, Path)
        .values(slug=slug, **about)
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(Path.slug)
    )
    if added is None:
        raise SlugTaken
    path = lock_path(slug)
    _set_tags(path, tags)
    _set_authors(path, authors or ([by] if by is not None else []))
    db.session.flush()
    return path


def lock_path(slug: str) -> Path:
    """Return a path that nobody else can change, or join, until the commit. Raises PathNotFound."""
    database.begin_write(db.session)
    path = db.session.scalar(
        sa.select(Path)
        .where(Path.slug == slug)
        .options(*WHOLE_PATH)
        .with_for_update(key_share=True, of=Path)
        .execution_options(populate_existing=True)
    )
    if path is None:
        raise PathNotFound
    return path


def change_path(path: Path, **changes: Any) -> Path:
    """Change what a path says of itself, its tags, its authors or its order policy.

    Raises InvalidInput for unknown authors, and for an order that makes a circle.
    """
    if "tags" in changes:
        _set_tags(path, changes.pop("tags"))
    if "authors" in changes:
        _set_authors(path, changes.pop("authors"))
    for name, value in changes.items():
        setattr(path, name, value)
    if "order_policy" in changes:
        _refuse_cycle(steps_of(path), path)
    path.updated_at = now()
    db.session.flush()
    return path


def replace_modules(path: Path, entries: Sequence[dict[str, Any]]) -> Path:
    """Make `entries` the whole ordered list of a path's modules: `{module, required, requires}`.

    Progress and what was completed are never touched. Whoever now has everything completes
    the path (rule 3). Raises InvalidInput, PathNotCompletable.
    """
    steps = check_modules(path, entries)
    present = [(step.module, step.required, step.requires) for step in steps_of(path)]
    if present != [(step.module, step.required, step.requires) for step in steps]:
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
        path.version += 1
        path.updated_at = now()
        db.session.flush()
    signals.requirements_changed.send(Path, path=path.slug)
    return path


def check_modules(path: Path, entries: Sequence[dict[str, Any]]) -> list[Step]:
    """Return the places that `entries` give to modules, in order; nothing is written.

    Raises InvalidInput, and PathNotCompletable for a published path.
    """
    steps = _checked_steps(entries)
    _refuse_cycle(steps, path)
    if path.status == PUBLISHED:
        refuse_uncompletable(path, steps)
    return steps


def memberships_of(path: Path) -> list[Membership]:
    """Return a path's places in order, each with its module: one query."""
    places = sa.select(Membership).where(Membership.path_slug == path.slug)
    return list(
        db.session.scalars(
            places.order_by(Membership.position).options(joinedload(Membership.module))
        )
    )


def publish(path: Path) -> Path:
    """Let everybody see a path. Raises PathNotCompletable."""
    refuse_uncompletable(path, steps_of(path))
    if path.status != PUBLISHED:
        path.status = PUBLISHED
        path.published_at = path.published_at or now()
        path.updated_at = now()
        db.session.flush()
    return path


def archive(path: Path) -> Path:
    """Take a path off the shelf: nobody can join it any more, whoever follows it goes on."""
    if path.status != ARCHIVED:
        path.status = ARCHIVED
        path.updated_at = now()
        db.session.flush()
    return path


def remove_path(path: Path) -> None:
    """Delete a path that nobody has ever followed. Raises PathInUse."""
    try:
        db.session.delete(path)
        db.session.flush()
    except IntegrityError:  # an enrollment holds it
        raise PathInUse from None


def problems_in(path: Path) -> list[Problem]:
    """Return what keeps a path from being completed."""
    return problems_of(steps_of(path), is_sequential=path.order_policy == "sequential")


def steps_of(path: Path) -> list[Step]:
    """Return the modules of a path in order, with their states: one query."""
    rows = db.session.execute(
        sa.select(Membership, Module.status)
        .join(Module, Module.slug == Membership.module_slug)
        .where(Membership.path_slug == path.slug)
        .order_by(Membership.position)
    )
    return [
        Step(
            module=place.module_slug,
            required=place.required,
            requires=tuple(place.requires),
            status=status,
        )
        for place, status in rows
    ]


def _checked_steps(entries: Sequence[dict[str, Any]]) -> list[Step]:
    if len(entries) > MODULES_MAX:
        raise InvalidInput(errors={"_schema": [f"A path has at most {MODULES_MAX} modules."]})
    slugs = [entry["module"] for entry in entries]
    known = sa.select(Module.slug, Module.status).where(
        Module.slug.in_(slugs), Module.status != UNCATALOGUED
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


def _refuse_cycle(steps: Sequence[Step], path: Path) -> None:
    circle = find_cycle(steps, is_sequential=path.order_policy == "sequential")
    if circle:
        reason = f"These modules require each other: {', '.join(circle)}."
        raise InvalidInput(errors={"requires": [reason]})


def _set_tags(path: Path, words: Sequence[str]) -> None:
    kept = {tag.word: tag for tag in path.tagged}
    path.tagged = [kept.get(word) or Tag(word=word) for word in sorted(set(words))]


def _set_authors(path: Path, user_ids: Sequence[int]) -> None:
    known = set(db.session.scalars(sa.select(User.id).where(User.id.in_(user_ids))))
    unknown = sorted(set(user_ids) - known)
    if unknown:
        raise InvalidInput(
            errors={"authors": [f"There are no users {', '.join(map(str, unknown))}."]}
        )
    kept = {author.user_id: author for author in path.authored}
    path.authored = [kept.get(user_id) or Author(user_id=user_id) for user_id in sorted(known)]
