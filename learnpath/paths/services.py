"""Find, create, change and delete paths."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from ..clock import now
from ..db import db, locks, upsert
from ..errors import Conflict, InvalidInput, NotFound
from ..modules.models import ARCHIVED, PUBLISHED, Module
from ..modules.services import SlugTaken
from ..users.models import User
from ..web.pagination import Page, PageParams, paginate
from .models import Author, Path, PathModule, Tag
from .validation import check_acyclic

PUBLIC = (PUBLISHED,)
VISIBLE_TO_ENROLLED = (PUBLISHED, ARCHIVED)
EAGER = (selectinload(Path.tagged), selectinload(Path.authored))


class PathNotFound(NotFound):
    """There is no such path, or it is not published."""


class PathInUse(Conflict):
    """This path has, or had, enrollments. Archive it instead."""


def list_paths(
    paging: PageParams,
    readable: sa.ColumnElement[bool],
    q: str | None = None,
    level: str | None = None,
    tag: str | None = None,
) -> Page:
    """Return a page of `readable` paths by slug; `q` is searched in titles and descriptions."""
    paths = sa.select(Path).where(readable).options(*EAGER)
    if q:
        columns = (Path.title, Path.description)
        paths = paths.where(sa.or_(*(one.icontains(q, autoescape=True) for one in columns)))
    if level:
        paths = paths.where(Path.level == level)
    if tag:
        paths = paths.where(Path.tagged.any(Tag.word == tag))
    return paginate(paths, [Path.slug], paging, cursor_scope="paths")


def get_path(slug: str, readable: sa.ColumnElement[bool]) -> Path:
    """Return one path, if it is `readable`. Raises PathNotFound."""
    path = db.session.scalar(sa.select(Path).where(Path.slug == slug, readable).options(*EAGER))
    if path is None:
        raise PathNotFound
    return path


def list_path_modules(
    slug: str,
    readable_path: sa.ColumnElement[bool],
    readable_module: sa.ColumnElement[bool],
    paging: PageParams,
) -> Page:
    """Return a page of a path's modules in the order of the path. Raises PathNotFound."""
    get_path(slug, readable_path)
    modules = sa.select(PathModule).join(PathModule.module).options(joinedload(PathModule.module))
    modules = modules.where(PathModule.path_slug == slug, readable_module)
    return paginate(modules, [PathModule.position], paging, cursor_scope=f"modules of {slug}")


def modules_of(path: Path) -> list[PathModule]:
    """Return all modules of a path in order, as they are stored now, in one query."""
    modules = sa.select(PathModule).where(PathModule.path_slug == path.slug)
    in_order = modules.order_by(PathModule.position).options(joinedload(PathModule.module))
    return list(db.session.scalars(in_order.execution_options(populate_existing=True)))


def create_path(slug: str, *, by: int | None, authors: Sequence[int] = (), **about: Any) -> Path:
    """Create a path as a draft. Raises SlugTaken, InvalidInput for unknown authors."""
    tags = about.pop("tags", [])
    created = db.session.scalar(
        upsert.insert(Path)
        .values(slug=slug, **about)
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(Path.slug)
    )
    if created is None:
        raise SlugTaken
    path = lock_path(slug)
    set_tags(path, tags)
    set_authors(path, authors or ([by] if by is not None else []))
    return path


def lock_path(slug: str, modules: Collection[str] = ()) -> Path:
    """Return a path and lock it against edits and enrollments until the commit.

    These `modules` are locked too, so that they stay published. They are locked before the
    path, as in `change_module`, so that two authors cannot deadlock. Raises PathNotFound.
    """
    locks.begin_write()
    if modules:
        rows = sa.select(Module.slug).where(Module.slug.in_(modules)).order_by(Module.slug)
        db.session.execute(rows.with_for_update(read=True))
    path = db.session.scalar(
        sa.select(Path)
        .where(Path.slug == slug)
        .options(*EAGER)
        .with_for_update(key_share=True, of=Path)
        .execution_options(populate_existing=True)
    )
    if path is None:
        raise PathNotFound
    return path


def change_path(path: Path, **changes: Any) -> Path:
    """Change the attributes, the tags, the authors or the order policy of a path.

    Raises InvalidInput for unknown authors, and for an order policy that makes a cycle.
    """
    if "tags" in changes:
        set_tags(path, changes.pop("tags"))
    if "authors" in changes:
        set_authors(path, changes.pop("authors"))
    for name, value in changes.items():
        setattr(path, name, value)
    if "order_policy" in changes:
        check_acyclic(path, modules_of(path))
    path.updated_at = now()
    return path


def remove_path(path: Path) -> None:
    """Delete a path that never had an enrollment. Raises PathInUse."""
    try:
        db.session.delete(path)
        db.session.flush()
    except IntegrityError:  # an enrollment refers to it
        raise PathInUse from None


def set_tags(path: Path, words: Sequence[str]) -> bool:
    """Make `words` the tags of a path; return whether they changed."""
    words = sorted(set(words))
    if sorted(path.tags) == words:
        return False
    existing = {tag.word: tag for tag in path.tagged}
    path.tagged = [existing.get(word) or Tag(word=word) for word in words]
    return True


def set_authors(path: Path, user_ids: Sequence[int]) -> bool:
    """Make these users the authors of a path; return whether they changed.

    Raises InvalidInput for an unknown user.
    """
    user_ids = sorted(set(user_ids))
    if path.authors == user_ids:
        return False
    users = set(db.session.scalars(sa.select(User.id).where(User.id.in_(user_ids))))
    if unknown := [user_id for user_id in user_ids if user_id not in users]:
        reason = f"There are no users {', '.join(map(str, unknown))}."
        raise InvalidInput(errors={"authors": [reason]})
    existing = {author.user_id: author for author in path.authored}
    path.authored = [existing.get(user_id) or Author(user_id=user_id) for user_id in user_ids]
    return True


def check_learning_path(label: str | None) -> None:
    """Raise InvalidInput where STRICT_CATALOGUE is on and `label` names no published path."""
    if label is None or not current_app.config["STRICT_CATALOGUE"]:
        return
    path = sa.select(Path.slug).where(Path.slug == label, Path.status == PUBLISHED)
    if db.session.scalar(path) is None:
        raise InvalidInput(errors={"learning_path": ["There is no published path of this name."]})
