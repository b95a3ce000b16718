"""What learners report that nobody has described yet."""

from __future__ import annotations

import sqlalchemy as sa

from ..pages import Page, Paging, take
from ..paths.models import UNCATALOGUED, Module
from .models import Progress


def list_stubs(paging: Paging) -> Page:
    """Return a page of the stubs, those that most learners report first."""
    counted = (
        sa.select(
            Module.slug,
            sa.func.count(Progress.user_id).label("learners"),
            Module.created_at.label("first_reported_at"),
        )
        .outerjoin(Progress, Progress.module_slug == Module.slug)
        .where(Module.status == UNCATALOGUED)
        .group_by(Module.slug, Module.created_at)
        .subquery()
    )
    keys = [counted.c.learners, counted.c.slug]
    return take(sa.select(counted), keys, paging, of="stubs", descending=True)
