"""Waivers and skips: facts that no event changes."""

from dataclasses import replace
from typing import Any

from ...clock import now
from ...errors import Conflict
from .. import queries, store
from ..store import Actor, Change, LearnerModule


class NotOptional(Conflict):
    """Only an optional module of a path that you follow can be skipped."""


def waive(user_id: int, module: str, reason: str, actor: Actor) -> Change:
    """Waive a module for a learner, in every path. Raises UserNotFound, ModuleNotFound."""
    before = store.load_for_update(user_id, module)
    return _set(before, "waived_at", True, waived_by=actor.user_id, waive_reason=reason)


def unwaive(user_id: int, module: str) -> Change:
    """Remove a waiver; paths that it completed stay completed."""
    before = store.load_for_update(user_id, module)
    return _set(before, "waived_at", False, waived_by=None, waive_reason=None)


def skip(user_id: int, module: str) -> Change:
    """Skip a module that is optional in every path of the learner that contains it.

    Completed paths count too: their optional modules are still offered as next. Raises
    NotOptional, UserNotFound, ModuleNotFound.
    """
    before = store.load_for_update(user_id, module)
    path_modules = [
        item
        for path in queries.joined_paths(user_id)
        for item in path.modules
        if item.module == before.module
    ]
    if not path_modules or any(item.required for item in path_modules):
        raise NotOptional
    return _set(before, "skipped_at", True)


def unskip(user_id: int, module: str) -> Change:
    """Take back the skip of a module."""
    return _set(store.load_for_update(user_id, module), "skipped_at", False)


def _set(before: LearnerModule, fact: str, is_set: bool, **columns: Any) -> Change:
    if (getattr(before.state, fact) is not None) == is_set:
        return store.unchanged(before)
    fact_now: dict[str, Any] = {fact: now() if is_set else None}
    return store.save(before, replace(before.state, **fact_now), **columns)
