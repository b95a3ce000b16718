"""Excusing a learner from a module, and leaving optional ones out: facts that no event touches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..clock import now
from ..errors import Conflict
from . import facts
from .writing import Change, Reporter, Standing, conclude, stand, unchanged


class NotOptional(Conflict):
    """Only an optional module of a path that you follow can be skipped."""


def waive(user_id: int, module: str, reason: str, by: Reporter) -> Change:
    """Excuse a learner from a module: it counts as satisfied in every path.

    Raises UserNotFound, ModuleNotFound.
    """
    standing = stand(user_id, module)
    return _set(standing, "waived_at", True, waived_by=by.user_id, waive_reason=reason)


def unwaive(user_id: int, module: str) -> Change:
    """Excuse a learner no longer; what it completed stays completed."""
    standing = stand(user_id, module)
    return _set(standing, "waived_at", False, waived_by=None, waive_reason=None)


def skip(user_id: int, module: str) -> Change:
    """Leave out a module that is optional in every path of theirs that has it.

    A completed path counts too: what is optional there is still offered as next. Raises
    NotOptional, UserNotFound, ModuleNotFound.
    """
    standing = stand(user_id, module)
    places = [
        place
        for course in facts.courses_joined(user_id)
        for place in course.places
        if place.module == standing.module
    ]
    if not places or any(place.required for place in places):
        raise NotOptional
    return _set(standing, "skipped_at", True)


def unskip(user_id: int, module: str) -> Change:
    """Take a module up again that was left out."""
    return _set(stand(user_id, module), "skipped_at", False)


def _set(standing: Standing, fact: str, is_set: bool, **extra: Any) -> Change:
    if (getattr(standing.state, fact) is not None) == is_set:
        return unchanged(standing)
    fact_now: dict[str, Any] = {fact: now() if is_set else None}
    return conclude(standing, replace(standing.state, **fact_now), **extra)
