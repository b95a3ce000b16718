"""Who may read modules that are not published, and who may create and change modules."""

import sqlalchemy as sa

from ..errors import Forbidden, Unauthorized
from ..paths.models import Author, PathModule
from ..paths.permissions import CATALOGUE, instructor_has, sees_everything
from ..permissions import (
    INSTRUCTOR,
    Caller,
    Permission,
    ViewArgs,
    a_key_for,
    an_admin,
    an_instructor,
)
from .models import ARCHIVED, PUBLISHED, UNCATALOGUED, Module


def an_author_of_this_module(caller: Caller, args: ViewArgs) -> bool:
    """Allow an instructor who created the module, or who is an author of all its paths.

    Every instructor may adopt a stub.
    """
    own = sa.select(Module.slug).where(Module.slug == args["module"], _editable(caller))
    return instructor_has(caller, own)


CREATE_MODULE = Permission("modules:create", an_instructor, an_admin, a_key_for(CATALOGUE))
EDIT_MODULE = Permission("modules:edit", an_author_of_this_module, an_admin, a_key_for(CATALOGUE))


def readable_modules(caller: Caller | None, status: str | None = None) -> sa.ColumnElement[bool]:
    """Return the condition for the modules that `caller` may see, narrowed to a `status`.

    Raises Unauthorized or Forbidden where a caller who is not staff requests a status other
    than published.
    """
    is_staff = sees_everything(caller) or (caller is not None and caller.is_staff)
    if status not in (None, PUBLISHED) and not is_staff:
        raise Forbidden if caller else Unauthorized
    readable: sa.ColumnElement[bool] = Module.status == PUBLISHED
    if sees_everything(caller):
        readable = sa.true()
    elif caller and caller.role == INSTRUCTOR:
        open_to_staff = Module.status.in_((PUBLISHED, ARCHIVED, UNCATALOGUED))
        readable = sa.or_(open_to_staff, Module.created_by == caller.user_id, _in_own_path(caller))
    return readable if status is None else sa.and_(readable, Module.status == status)


def _in_own_path(caller: Caller) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        PathModule.module_slug == Module.slug,
        Author.path_slug == PathModule.path_slug,
        Author.user_id == caller.user_id,
    )


def _editable(caller: Caller) -> sa.ColumnElement[bool]:
    is_author = sa.exists().where(
        Author.path_slug == PathModule.path_slug, Author.user_id == caller.user_id
    )
    in_another_path = sa.exists().where(PathModule.module_slug == Module.slug, ~is_author)
    return sa.or_(
        Module.status == UNCATALOGUED,
        Module.created_by == caller.user_id,
        sa.and_(_in_own_path(caller), ~in_another_path),
    )
