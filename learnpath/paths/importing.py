"""Writing curricula to the database, so that doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from .. import database
from ..errors import InvalidInput
from ..extensions import db
from . import signals
from .arranging import place_modules
from .authoring import SlugTaken, archive, lock_path, publish, set_authors, set_tags, steps_of
from .describing import judge_paths_with, refuse_going_back
from .models import ARCHIVED, DRAFT, PUBLISHED, Alias, Module, Path
from .validation import Step, refuse_cycle

ABOUT_A_MODULE = ("title", "summary", "goals", "kind", "url", "links", "estimated_minutes")
ABOUT_A_PATH = ("title", "description", "level", "language", "order_policy")


def import_curriculum(curriculum: dict[str, Any], authors: list[int] | None = None) -> str:
    """Make the path of `curriculum` what the file says; return `created`, `updated` or `unchanged`.

    A path and its modules are found by slug. Where the file gives them no status they are
    published; only an archived path stays archived. Modules that the file no longer names
    leave the path; they and all progress on them stay. `authors`, if given, are the ids of
    all who may edit the path. Raises PathNotCompletable, InvalidInput, SlugTaken.
    """
    entries = curriculum["modules"]
    changed, shown_or_hidden = _import_modules(entries)
    path, is_new = _find_or_make(curriculum["path"])
    changed |= _import_path(path, curriculum["path"], authors)
    if place_modules(path, [_step(entry) for entry in entries]):
        changed = True
        path.version += 0 if is_new else 1
    changed |= _set_status(path, curriculum["path"].get("status"))
    db.session.flush()
    refuse_cycle(path, steps_of(path))
    judge_paths_with(shown_or_hidden)
    if changed and not is_new:
        signals.requirements_changed.send(Path, path=path.slug)
    return "created" if is_new else "updated" if changed else "unchanged"


def _import_modules(entries: list[dict[str, Any]]) -> tuple[bool, list[str]]:
    """Make modules what the file says; tell whether that is news, and whose publicity it changed.

    They are locked before the path, as in `change_module`.
    """
    wanted = {entry["slug"]: _about(entry) for entry in entries}
    known = _lock_modules(wanted)
    missing = [
        {"revision": 1, "slug": slug, **wanted[slug]} for slug in sorted(wanted.keys() - known)
    ]
    if missing:
        added = database.insert(db.session, Module).on_conflict_do_nothing()
        db.session.execute(added, missing)
        known = _lock_modules(wanted)
    changed, shown_or_hidden = bool(missing), []
    for slug, module in known.items():
        was_published = module.status == PUBLISHED
        refuse_going_back(module, wanted[slug])
        changed |= _set(module, wanted[slug])
        if was_published != (module.status == PUBLISHED):
            shown_or_hidden.append(slug)
    return changed, shown_or_hidden


def _about(entry: dict[str, Any]) -> dict[str, Any]:
    about = {name: entry[name] for name in ABOUT_A_MODULE}
    revision = {"revision": entry["revision"]} if "revision" in entry else {}
    return about | {"status": entry.get("status", PUBLISHED)} | revision


def _lock_modules(slugs: Collection[str]) -> dict[str, Module]:
    database.begin_write(db.session)
    if merged := db.session.scalar(sa.select(Alias.slug).where(Alias.slug.in_(slugs)).limit(1)):
        raise SlugTaken(f"{merged} was merged into another module.")
    known = sa.select(Module).where(Module.slug.in_(slugs)).order_by(Module.slug)
    found = db.session.scalars(
        known.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    return {module.slug: module for module in found}


def _find_or_make(about: dict[str, Any]) -> tuple[Path, bool]:
    """Lock and return the path, and tell whether it is new."""
    known = sa.select(Path.slug).where(Path.slug == about["slug"])
    is_new = db.session.scalar(known) is None
    if is_new:
        path = {"slug": about["slug"], "title": about["title"]}
        db.session.execute(database.insert(db.session, Path).on_conflict_do_nothing(), path)
    return lock_path(about["slug"]), is_new


def _import_path(path: Path, about: dict[str, Any], authors: list[int] | None) -> bool:
    changed = _set(path, {name: about[name] for name in ABOUT_A_PATH})
    changed |= set_tags(path, about["tags"])
    return changed | (authors is not None and set_authors(path, authors))


def _set(thing: Module | Path, values: dict[str, Any]) -> bool:
    """Set the attributes that differ; tell whether one did."""
    news = {name: value for name, value in values.items() if getattr(thing, name) != value}
    for name, value in news.items():
        setattr(thing, name, value)
    return bool(news)


def _step(entry: dict[str, Any]) -> Step:
    return Step(module=entry["slug"], required=entry["required"], requires=tuple(entry["requires"]))


def _set_status(path: Path, wanted: str | None) -> bool:
    before = path.status
    wanted = wanted or (ARCHIVED if before == ARCHIVED else PUBLISHED)
    if wanted == PUBLISHED:
        publish(path)
    elif wanted == ARCHIVED:
        archive(path)
    elif before != DRAFT:
        raise InvalidInput(errors={"status": ["What was published never becomes a draft again."]})
    return path.status != before
