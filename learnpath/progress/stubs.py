"""Listing the stubs: modules that learners reported and staff have not catalogued."""

import sqlalchemy as sa

from ..modules.models import UNCATALOGUED, Module
from ..web.pagination import Page, PageParams, paginate
from .models import Progress


def list_stubs(paging: PageParams) -> Page:
    """Return a page of the stubs, those with the most learners first."""
    learners = sa.func.count(Progress.user_id).label("learners")
    counted = (
        sa.select(Module.slug, learners, Module.created_at.label("first_reported_at"))
        .outerjoin(Progress, Progress.module_slug == Module.slug)
        .where(Module.status == UNCATALOGUED)
        .group_by(Module.slug, Module.created_at)
        .subquery()
    )
    keys = [counted.c.learners, counted.c.slug]
    return paginate(sa.select(counted), keys, paging, cursor_scope="stubs", descending=True)
