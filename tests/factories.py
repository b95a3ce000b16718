"""Creates what a test needs, through the services and without HTTP."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from learnpath import passwords
from learnpath.api_keys import services as api_keys
from learnpath.auth import sessions
from learnpath.clock import now
from learnpath.db import db
from learnpath.modules.models import Module
from learnpath.paths.importer import import_curriculum
from learnpath.paths.models import Path, PathModule
from learnpath.permissions import Caller
from learnpath.users import services as users

from .cast import PASSWORD, Person


class Factory:
    """Creates users and content. Each method commits and closes its app context."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def user(self, name: str, role: str = "learner", password: str = PASSWORD) -> Person:
        email = f"{name.lower()}@example.org"
        with self.app.app_context():
            password_hash = passwords.hash_password(password)
            user_id = users.add_account(name.capitalize(), email, password_hash, role)
            db.session.commit()
            token = sessions.open_session(user_id, password_hash)["access_token"]
            db.session.commit()
        return Person(user_id, name.capitalize(), email, token, password)

    def key(self, *scopes: str) -> Person:
        """Create an API key; `api.as_(key)` sends requests with it."""
        with self.app.app_context():
            key = api_keys.create_key("machine", list(scopes), by=Caller())
            db.session.commit()
        return Person(key["id"], "machine", "", key["key"], password="")

    def module(self, slug: str, status: str = "published", **about: Any) -> str:
        """Create a module, or change the status of one that exists."""
        with self.app.app_context():
            db.session.merge(Module(slug=slug, status=status, **{"title": slug.title(), **about}))
            db.session.commit()
        return slug

    def stubs(self, count: int, reported_by: Person) -> None:
        """Create the stubs `stub-0` to `stub-{count - 1}`, as reported by a user."""
        with self.app.app_context():
            db.session.add_all(
                Module(
                    slug=f"stub-{number}",
                    title=f"stub-{number}",
                    status="uncatalogued",
                    reported_by=reported_by.id,
                )
                for number in range(count)
            )
            db.session.commit()

    def path(
        self,
        slug: str,
        modules: list[str | dict[str, Any]],
        status: str = "published",
        **about: Any,
    ) -> str:
        """Create a path of published modules; a module is a slug or an entry."""
        curriculum = self.curriculum(slug, modules, **about)
        with self.app.app_context():
            if not self._write(curriculum, status):
                import_curriculum(curriculum)
                db.session.get_one(Path, slug).status = status
            db.session.commit()
        return slug

    @staticmethod
    def curriculum(slug: str, modules: list[Any], **about: Any) -> dict[str, Any]:
        """Return the content of a curriculum file for such a path."""
        path = {
            "slug": slug,
            "title": slug.title(),
            "description": "",
            "level": "beginner",
            "tags": [],
            "language": "en",
            "order_policy": "free",
        }
        entries = [{"slug": module} if isinstance(module, str) else module for module in modules]
        return {"path": path | about, "modules": [_entry(**entry) for entry in entries]}

    @staticmethod
    def _write(curriculum: dict[str, Any], status: str) -> bool:
        """Insert a curriculum, five times faster than an import; False if not all is new."""
        path, entries = curriculum["path"], curriculum["modules"]
        if path["tags"] or not entries:
            return False
        existing_path = sa.select(Path.slug).where(Path.slug == path["slug"])
        existing_modules = sa.select(Module.slug).where(
            Module.slug.in_([entry["slug"] for entry in entries])
        )
        if db.session.scalar(existing_path.union_all(existing_modules).limit(1)):
            return False
        _insert(Module, [{"status": "published", **entry} for entry in entries])
        _insert(Path, [{**path, "status": status, "published_at": now()}])
        places = [
            {"path_slug": path["slug"], "module_slug": entry["slug"], "position": number, **entry}
            for number, entry in enumerate(entries, start=1)
        ]
        _insert(PathModule, places)
        return True


def _entry(slug: str, **about: Any) -> dict[str, Any]:
    return {
        "slug": slug,
        "title": slug.title(),
        "summary": f"About {slug}.",
        "goals": [],
        "kind": "lesson",
        "url": None,
        "links": [],
        "estimated_minutes": 30,
        "required": True,
        "requires": [],
        **about,
    }


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    """Insert `rows`, without keys that are no columns of `model`."""
    table = model.__table__
    names = set(table.columns.keys()) & {name for row in rows for name in row}
    db.session.execute(sa.insert(table), [{name: row[name] for name in names} for row in rows])
