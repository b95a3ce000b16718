"""Who may see what is not published, and who may change what."""

from __future__ import annotations

import sqlalchemy as sa

from ..errors import Forbidden, Unauthorized
from ..extensions import reads
from ..permissions import (
    ADMIN,
    INSTRUCTOR,
    Caller,
    Permission,
    Place,
    a_key_for,
    an_admin,
    an_instructor,
)
from .models import ARCHIVED, PUBLISHED, UNCATALOGUED, Author, Membership, Module, Path

CATALOGUE = "catalogue:write"


def an_author_of_this_path(caller: Caller, place: Place) -> bool:
    """Hold for an instructor whom the path in the address names among its authors."""
    return _is_true(
        caller, sa.select(Path.slug).where(Path.slug == place["path"], _authored(caller))
    )


def an_author_of_this_module(caller: Caller, place: Place) -> bool:
    """Hold for an instructor who made the module, or in whose paths alone it stands.

    A stub that nobody has described yet is anybody's to adopt.
    """
    mine = sa.select(Module.slug).where(Module.slug == place["module"], _editable(caller))
    return _is_true(caller, mine)


CREATE_PATH = Permission("paths:create", an_instructor, an_admin, a_key_for(CATALOGUE))
EDIT_PATH = Permission("paths:edit", an_author_of_this_path, an_admin, a_key_for(CATALOGUE))
CREATE_MODULE = Permission("modules:create", an_instructor, an_admin, a_key_for(CATALOGUE))
EDIT_MODULE = Permission("modules:edit", an_author_of_this_module, an_admin, a_key_for(CATALOGUE))


def readable_paths(caller: Caller | None) -> sa.ColumnElement[bool]:
    """Return which paths `caller` may see: all, one's own and what is not a draft, or published."""
    if _sees_everything(caller):
        return sa.true()
    if caller and caller.role == INSTRUCTOR:
        return sa.or_(Path.status.in_((PUBLISHED, ARCHIVED)), _authored(caller))
    return Path.status == PUBLISHED


def readable_modules(caller: Caller | None, asked: str | None = None) -> sa.ColumnElement[bool]:
    """Return which modules `caller` may see, narrowed to the state `asked` for.

    Raises Unauthorized or Forbidden where a learner or a stranger asks for more than what
    is published.
    """
    is_staff = _sees_everything(caller) or (caller is not None and caller.is_staff)
    if asked not in (None, PUBLISHED) and not is_staff:
        raise Forbidden if caller else Unauthorized
    readable: sa.ColumnElement[bool] = Module.status == PUBLISHED
    if _sees_everything(caller):
        readable = sa.true()
    elif caller and caller.role == INSTRUCTOR:
        open_to_staff = Module.status.in_((PUBLISHED, ARCHIVED, UNCATALOGUED))
        readable = sa.or_(open_to_staff, Module.made_by == caller.user_id, _in_own_path(caller))
    return readable if asked is None else sa.and_(readable, Module.status == asked)


def refuse_naming_authors(caller: Caller, changes: dict[str, object]) -> None:
    """Raise Forbidden where somebody but an admin says who the authors of a path are."""
    if "authors" in changes and caller.role != ADMIN:
        raise Forbidden("Only an admin says who the authors of a path are.")


def _sees_everything(caller: Caller | None) -> bool:
    return caller is not None and (caller.role == ADMIN or CATALOGUE in caller.scopes)


def _authored(caller: Caller) -> sa.ColumnElement[bool]:
    return sa.exists().where(Author.path_slug == Path.slug, Author.user_id == caller.user_id)


def _in_own_path(caller: Caller) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Membership.module_slug == Module.slug,
        Author.path_slug == Membership.path_slug,
        Author.user_id == caller.user_id,
    )


def _editable(caller: Caller) -> sa.ColumnElement[bool]:
    named = sa.exists().where(
        Author.path_slug == Membership.path_slug, Author.user_id == caller.user_id
    )
    in_another_path = sa.exists().where(Membership.module_slug == Module.slug, ~named)
    return sa.or_(
        Module.status == UNCATALOGUED,
        Module.made_by == caller.user_id,
        sa.and_(_in_own_path(caller), ~in_another_path),
    )


def _is_true(caller: Caller, found: sa.Select[str]) -> bool:
    return caller.role == INSTRUCTOR and reads.scalar(found) is not None
