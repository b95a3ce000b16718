"""Replacing a path's modules: for real, or only to see whom that would concern."""

from __future__ import annotations

from typing import Any

from ..extensions import db
from ..paths import authoring
from ..paths.models import Path
from . import impact


def preview_modules(path: Path, entries: list[dict[str, Any]]) -> dict[str, int]:
    """Replace a path's modules, count the learners that concerns, and take it all back.

    Nobody's path is completed meanwhile, so nothing is announced that does not happen.
    """
    before = impact.look_at(path.slug)
    authoring.place_modules(path, entries)
    concerned = impact.difference(before, impact.look_at(path.slug))
    db.session.rollback()
    return concerned
