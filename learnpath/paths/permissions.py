"""Who may see what is not published."""

from __future__ import annotations

from ..errors import Forbidden, Unauthorized
from ..permissions import Caller
from .models import MODULE_STATUSES, PUBLISHED


def readable_statuses(caller: Caller | None, asked: str | None = None) -> tuple[str, ...]:
    """Return which states of a path or module `caller` may see, narrowed to the one `asked` for.

    Staff see everything, everybody else what is published. Raises Unauthorized or
    Forbidden where somebody asks for a state that is not for them.
    """
    readable = MODULE_STATUSES if caller and caller.is_staff else (PUBLISHED,)
    if asked is None:
        return readable
    if asked not in readable:
        raise Forbidden if caller else Unauthorized
    return (asked,)
