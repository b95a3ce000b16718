"""Actions of users that many tests need, through the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .cast import PASSWORD, Person
from .client import Api


def log_in(api: Api, email: str, password: str = PASSWORD, **more: Any) -> Any:
    """Log in and return the tokens."""
    return api.post("/users/login", {"email": email, "password": password}, **more)


def draft_path(api: Api, author: Person, slug: str, modules: Sequence[Any] = ()) -> str:
    """Create a draft of a path with these modules: slugs, or items of the list."""
    api.as_(author).post("/paths", {"slug": slug, "title": slug.title()}, expect=201)
    if modules:
        arrange(api, author, slug, modules)
    return slug


def arrange(api: Api, author: Person, path: str, modules: Sequence[Any], **more: Any) -> Any:
    """Replace the list of a path's modules; return the response."""
    items = [{"module": item} if isinstance(item, str) else item for item in modules]
    return api.as_(author).put(f"/paths/{path}/modules", items, **more)


def optional(slug: str, *requires: str) -> dict[str, Any]:
    """Return the item of an optional module in a path's list."""
    return {"module": slug, "required": False, "requires": list(requires)}


def after(slug: str, *requires: str) -> dict[str, Any]:
    """Return the item of a module that requires others."""
    return {"module": slug, "requires": list(requires)}


def name_author(api: Api, admin: Person, path: str, *authors: Person) -> None:
    """Set the authors of a path, as an admin."""
    ids = [author.id for author in authors]
    api.as_(admin).patch(f"/paths/{path}", {"authors": ids})


def join(api: Api, who: Person, path: str) -> Any:
    """Enroll a user in a path, as that user; return the enrollment."""
    return api.as_(who).post(f"/paths/{path}/enrollments", {}, expect=201)


def do(api: Api, who: Person, module: str, status: str = "completed", **more: Any) -> Any:
    """Report a module, as the learner; return the response."""
    return api.as_(who).put(f"/users/me/progress/{module}", {"status": status, **more})


def order_of(api: Api, who: Person, path: str) -> list[str]:
    """Return the slugs of a path's modules in the order that a user sees."""
    return [place["module"]["slug"] for place in api.as_(who).get(f"/paths/{path}/modules")]
