"""Store curricula in the database; storing one twice changes nothing."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from ..db import db, locks, upsert
from ..errors import InvalidInput
from ..modules.models import ARCHIVED, DRAFT, PUBLISHED, Alias, Module
from ..modules.services import SlugTaken, refuse_lower_revision
from . import signals
from .models import Path, PathModule
from .path_modules import set_modules
from .publication import archive, notify_paths, publish
from .services import lock_path, modules_of, set_authors, set_tags
from .validation import check_acyclic

MODULE_FIELDS = ("title", "summary", "goals", "kind", "url", "links", "estimated_minutes")
PATH_FIELDS = ("title", "description", "level", "language", "order_policy")


def import_curriculum(curriculum: dict[str, Any], authors: list[int] | None = None) -> str:
    """Store the path of `curriculum`; return `created`, `updated` or `unchanged`.

    A path and its modules are found by slug. They are published where the file gives them no
    status; only an archived path stays archived. Modules that the file no longer contains
    leave the path; they and all progress on them stay. `authors` are the ids of all authors
    of the path. Raises PathNotCompletable, InvalidInput, SlugTaken.
    """
    items = curriculum["modules"]
    is_changed, published_or_hidden = _import_modules(items)
    path, is_new = _lock_or_create(curriculum["path"])
    is_changed |= _set(path, {name: curriculum["path"][name] for name in PATH_FIELDS})
    is_changed |= set_tags(path, curriculum["path"]["tags"])
    is_changed |= authors is not None and set_authors(path, authors)
    if set_modules(path, _path_modules(items)):
        is_changed = True
        path.version += 0 if is_new else 1
    is_changed |= _set_status(path, curriculum["path"].get("status"))
    db.session.flush()
    check_acyclic(path, modules_of(path))
    notify_paths(published_or_hidden)
    if is_changed and not is_new:
        signals.requirements_changed.send(Path, path=path.slug)
    return "created" if is_new else "updated" if is_changed else "unchanged"


def _import_modules(items: list[dict[str, Any]]) -> tuple[bool, list[str]]:
    """Create and change modules; return whether one changed, and which were published or hidden.

    They are locked before the path, as in `change_module`.
    """
    values = {item["slug"]: _module_values(item) for item in items}
    modules = _lock_modules(values)
    new = [
        {"revision": 1, "slug": slug, **values[slug]} for slug in sorted(values.keys() - modules)
    ]
    created: Collection[str] = ()  # an import that runs at the same time may create some of them
    if new:
        insert = upsert.insert(Module).on_conflict_do_nothing().returning(Module.slug)
        created = db.session.scalars(insert, new).all()
        modules = _lock_modules(values)
    is_changed, published_or_hidden = bool(created), []
    for slug, module in modules.items():
        was_published = module.status == PUBLISHED
        refuse_lower_revision(module, values[slug])
        is_changed |= _set(module, values[slug])
        if was_published != (module.status == PUBLISHED):
            published_or_hidden.append(slug)
    return is_changed, published_or_hidden


def _module_values(item: dict[str, Any]) -> dict[str, Any]:
    values = {name: item[name] for name in MODULE_FIELDS}
    revision = {"revision": item["revision"]} if "revision" in item else {}
    return values | {"status": item.get("status", PUBLISHED)} | revision


def _lock_modules(slugs: Collection[str]) -> dict[str, Module]:
    locks.begin_write()
    if merged := db.session.scalar(sa.select(Alias.slug).where(Alias.slug.in_(slugs)).limit(1)):
        raise SlugTaken(f"{merged} was merged into another module.")
    modules = sa.select(Module).where(Module.slug.in_(slugs)).order_by(Module.slug)
    locked = modules.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {module.slug: module for module in db.session.scalars(locked)}


def _lock_or_create(about: dict[str, Any]) -> tuple[Path, bool]:
    """Lock and return the path, and whether it is new."""
    slug, created = about["slug"], None
    if db.session.scalar(sa.select(Path.slug).where(Path.slug == slug)) is None:
        insert = upsert.insert(Path).values(slug=slug, title=about["title"])
        created = db.session.scalar(insert.on_conflict_do_nothing().returning(Path.slug))
    return lock_path(slug), created is not None


def _set(row: Module | Path, values: dict[str, Any]) -> bool:
    """Set the attributes that differ; return whether one did."""
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    return bool(changes)


def _path_modules(items: list[dict[str, Any]]) -> list[PathModule]:
    return [
        PathModule(
            module_slug=item["slug"],
            position=position,
            required=item["required"],
            requires=item["requires"],
        )
        for position, item in enumerate(items, start=1)
    ]


def _set_status(path: Path, status: str | None) -> bool:
    before = path.status
    status = status or (ARCHIVED if before == ARCHIVED else PUBLISHED)
    if status == PUBLISHED:
        publish(path)
    elif status == ARCHIVED:
        archive(path)
    elif before != DRAFT:
        raise InvalidInput(errors={"status": ["What was published never becomes a draft again."]})
    return path.status != before
