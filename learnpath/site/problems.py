"""What each problem type means, taken from the refusals themselves."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from werkzeug.exceptions import default_exceptions

from ..errors import Refusal, http_problem_name, title_of


@cache
def explanations() -> dict[str, dict[str, Any]]:
    """Return `{type, title, status, meaning, general}` of every problem, in the order of names.

    A general one is known from HTTP; the others are words of this service.
    """
    found = {}
    for status, error in default_exceptions.items():
        name = http_problem_name(status)
        found[name] = _explanation(name, status, error.description or title_of(name), True)
    for name, refusal in Refusal.known.items():
        found[name] = _explanation(name, refusal.status, inspect.getdoc(refusal) or "", False)
    return dict(sorted(found.items()))


def _explanation(name: str, status: int, meaning: str, general: bool) -> dict[str, Any]:
    return {
        "type": f"/problems/{name}",
        "title": title_of(name),
        "status": status,
        "meaning": meaning,
        "general": general,
    }
