"""Make, change, publish and archive paths."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from .. import database
from ..clock import now
from ..errors import Conflict, InvalidInput
from ..extensions import db
from ..users.models import User
from .models import (
    ARCHIVED,
    PUBLISHED,
    Author,
    Membership,
    Module,
    Path,
    Tag,
)
from .services import WHOLE_PATH, PathNotFound
from .validation import Problem, Step, problems_of, refuse_cycle, refuse_uncompletable


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
    set_tags(path, tags)
    set_authors(path, authors or ([by] if by is not None else []))
    db.session.flush()
    return path


def lock_path(slug: str, modules: Collection[str] = ()) -> Path:
    """Return a path that nobody else can change, or join, until the commit. Raises PathNotFound.

    Nobody can archive or unpublish these `modules` meanwhile either. They come before the
    path, as in `change_module`, so that two authors never wait for each other in a circle.
    """
    database.begin_write(db.session)
    if modules:
        held = sa.select(Module.slug).where(Module.slug.in_(modules)).order_by(Module.slug)
        db.session.execute(held.with_for_update(read=True))
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
        set_tags(path, changes.pop("tags"))
    if "authors" in changes:
        set_authors(path, changes.pop("authors"))
    for name, value in changes.items():
        setattr(path, name, value)
    if "order_policy" in changes:
        refuse_cycle(path, steps_of(path))
    path.updated_at = now()
    db.session.flush()
    return path


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


def set_tags(path: Path, words: Sequence[str]) -> bool:
    """Make `words` the tags of a path; tell whether that is news."""
    wanted = sorted(set(words))
    if sorted(path.tags) == wanted:
        return False
    kept = {tag.word: tag for tag in path.tagged}
    path.tagged = [kept.get(word) or Tag(word=word) for word in wanted]
    return True


def set_authors(path: Path, user_ids: Sequence[int]) -> bool:
    """Say who may edit a path; tell whether that is news. Raises InvalidInput for strangers."""
    wanted = sorted(set(user_ids))
    if path.authors == wanted:
        return False
    known = set(db.session.scalars(sa.select(User.id).where(User.id.in_(wanted))))
    if unknown := [user_id for user_id in wanted if user_id not in known]:
        raise InvalidInput(
            errors={"authors": [f"There are no users {', '.join(map(str, unknown))}."]}
        )
    kept = {author.user_id: author for author in path.authored}
    path.authored = [kept.get(user_id) or Author(user_id=user_id) for user_id in wanted]
    return True
