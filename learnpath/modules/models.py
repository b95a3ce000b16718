"""The tables of modules and of their aliases."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db import Model
from ..db.types import ModuleSlug, UtcDateTime

TITLE_MAX = 120
SUMMARY_MAX = 1000
URL_MAX = 500
MINUTES_MAX = 6000
REVISION_MAX = 1_000_000
KINDS = ("lesson", "reading", "video", "exercise", "quiz", "project")
DRAFT = "draft"
PUBLISHED = "published"
ARCHIVED = "archived"
UNCATALOGUED = "uncatalogued"
PUBLICATION_STATUSES = (DRAFT, PUBLISHED, ARCHIVED)  # of modules and of paths
MODULE_STATUSES = (*PUBLICATION_STATUSES, UNCATALOGUED)


class Module(Model):
    """A unit of learning that is completed as a whole. Its slug is its key and never changes.

    An uncatalogued module is a stub: a learner reported progress on it before staff described it.
    """

    __tablename__ = "modules"
    __table_args__ = (
        sa.CheckConstraint(sa.column("status").in_(MODULE_STATUSES), name="status"),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind"),
    )

    slug: Mapped[str] = mapped_column(ModuleSlug, primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(TITLE_MAX))
    summary: Mapped[str] = mapped_column(sa.String(SUMMARY_MAX), default="")
    goals: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    kind: Mapped[str] = mapped_column(sa.String(20), default="lesson")
    url: Mapped[str | None] = mapped_column(sa.String(URL_MAX))
    links: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    estimated_minutes: Mapped[int | None]
    status: Mapped[str] = mapped_column(sa.String(20), default=DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    reported_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class Alias(Model):
    """The slug of a stub that was merged into another module; requests may still use it."""

    __tablename__ = "module_aliases"

    slug: Mapped[str] = mapped_column(ModuleSlug, primary_key=True)
    module_slug: Mapped[str] = mapped_column(
        sa.ForeignKey("modules.slug", ondelete="CASCADE"), index=True
    )
