"""Who may read paths that are not published, and who may create and change paths."""

import sqlalchemy as sa

from ..db import reads
from ..errors import Forbidden
from ..modules.models import ARCHIVED, PUBLISHED
from ..permissions import (
    ADMIN,
    INSTRUCTOR,
    Caller,
    Permission,
    ViewArgs,
    a_key_for,
    an_admin,
    an_instructor,
)
from .models import Author, Path

CATALOGUE = "catalogue:write"


def an_author_of_this_path(caller: Caller, args: ViewArgs) -> bool:
    """Allow an instructor who is an author of the path in the URL."""
    return instructor_has(
        caller, sa.select(Path.slug).where(Path.slug == args["path"], _authored(caller))
    )


CREATE_PATH = Permission("paths:create", an_instructor, an_admin, a_key_for(CATALOGUE))
EDIT_PATH = Permission("paths:edit", an_author_of_this_path, an_admin, a_key_for(CATALOGUE))


def readable_paths(caller: Caller | None) -> sa.ColumnElement[bool]:
    """Return the condition for the paths that `caller` may see.

    Admins see all, instructors their own and all that are not drafts, others what is published.
    """
    if sees_everything(caller):
        return sa.true()
    if caller and caller.role == INSTRUCTOR:
        return sa.or_(Path.status.in_((PUBLISHED, ARCHIVED)), _authored(caller))
    return Path.status == PUBLISHED


def refuse_naming_authors(caller: Caller, changes: dict[str, object]) -> None:
    """Raise Forbidden where a caller who is not an admin sets the authors of a path."""
    if "authors" in changes and caller.role != ADMIN:
        raise Forbidden("Only an admin sets the authors of a path.")


def sees_everything(caller: Caller | None) -> bool:
    """Tell whether `caller` sees every path and module, drafts of others included."""
    return caller is not None and (caller.role == ADMIN or CATALOGUE in caller.scopes)


def instructor_has(caller: Caller, rows: sa.Select[str]) -> bool:
    """Tell whether `caller` is an instructor and `rows` finds a row."""
    return caller.role == INSTRUCTOR and reads.scalar(rows) is not None


def _authored(caller: Caller) -> sa.ColumnElement[bool]:
    return sa.exists().where(Author.path_slug == Path.slug, Author.user_id == caller.user_id)
