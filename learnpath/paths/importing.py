"""Writing curricula to the database, so that doing it twice changes nothing."""

from __future__ import annotations

from typing import Any

from ..extensions import db
from . import signals
from .authoring import publish
from .models import ARCHIVED, DRAFT, PUBLISHED, Author, Membership, Module, Path, Tag

ABOUT_A_MODULE = ("title", "summary", "goals", "kind", "url", "links", "estimated_minutes")
ABOUT_A_PATH = ("title", "description", "level", "language", "order_policy")


def import_curriculum(curriculum: dict[str, Any], authors: list[int] | None = None) -> str:
    """Make the path of `curriculum` what the file says; return `created`, `updated` or `unchanged`.

    A path and its modules are found by slug and published; an archived path stays archived.
    Modules that the file no longer names leave the path; they and all progress on them stay.
    `authors`, if given, are the ids of all who may edit the path. Raises PathNotCompletable.
    """
    changed = [_import_module(entry) for entry in curriculum["modules"]]
    about = curriculum["path"]
    path = db.session.get(Path, about["slug"])
    created = path is None
    if path is None:
        path = Path(slug=about["slug"], title=about["title"], status=DRAFT)
        db.session.add(path)
    changed.append(_set(path, {name: about[name] for name in ABOUT_A_PATH}))
    changed.append(_set_tags(path, sorted(set(about["tags"]))))
    changed.append(_set_memberships(path, curriculum["modules"], is_new=created))
    if authors is not None:
        changed.append(_set_authors(path, sorted(set(authors))))
    changed.append(path.status == DRAFT)
    db.session.flush()
    if path.status != ARCHIVED:
        publish(path)
    if created:
        return "created"
    if any(changed):
        signals.requirements_changed.send(Path, path=path.slug)
    return "updated" if any(changed) else "unchanged"


def _import_module(entry: dict[str, Any]) -> bool:
    module = db.session.get(Module, entry["slug"])
    if module is None:
        module = Module(slug=entry["slug"])
        db.session.add(module)
    about = {name: entry[name] for name in ABOUT_A_MODULE}
    return _set(module, about | {"status": PUBLISHED})


def _set(thing: Module | Path, values: dict[str, Any]) -> bool:
    """Set the attributes that differ; tell whether one did."""
    news = {name: value for name, value in values.items() if getattr(thing, name) != value}
    for name, value in news.items():
        setattr(thing, name, value)
    return bool(news)


def _set_tags(path: Path, words: list[str]) -> bool:
    if path.tags == words:
        return False
    kept = {tag.word: tag for tag in path.tagged}
    path.tagged = [kept.get(word) or Tag(word=word) for word in words]
    return True


def _set_authors(path: Path, user_ids: list[int]) -> bool:
    if path.authors == user_ids:
        return False
    kept = {author.user_id: author for author in path.authored}
    path.authored = [kept.get(user_id) or Author(user_id=user_id) for user_id in user_ids]
    return True


def _set_memberships(path: Path, entries: list[dict[str, Any]], *, is_new: bool) -> bool:
    wanted = [
        (position, entry["slug"], entry["required"], entry["requires"])
        for position, entry in enumerate(entries, start=1)
    ]
    present = [
        (place.position, place.module_slug, place.required, place.requires)
        for place in path.memberships
    ]
    if present == wanted:
        return False
    path.memberships = []
    db.session.flush()  # frees the positions before they are taken again
    path.memberships = [
        Membership(position=position, module_slug=slug, required=required, requires=requires)
        for position, slug, required, requires in wanted
    ]
    if not is_new:
        path.version += 1
    return True
