"""What there is to learn: modules, paths, and which module stands where in which path."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from ..clock import now
from ..columns import ModuleSlug, PathSlug, UtcDateTime
from ..extensions import Model

TITLE_MAX = 120
SUMMARY_MAX = 1000
DESCRIPTION_MAX = 2000
URL_MAX = 500
TAG_MAX = 40
MINUTES_MAX = 6000
REVISION_MAX = 1_000_000
LEVELS = ("beginner", "intermediate", "advanced")
KINDS = ("lesson", "reading", "video", "exercise", "quiz", "project")
ORDER_POLICIES = ("free", "sequential")
DRAFT = "draft"
PUBLISHED = "published"
ARCHIVED = "archived"
UNCATALOGUED = "uncatalogued"
PATH_STATUSES = (DRAFT, PUBLISHED, ARCHIVED)
MODULE_STATUSES = (DRAFT, PUBLISHED, ARCHIVED, UNCATALOGUED)


class Module(Model):
    """The unit that is completed. Its slug is its identity and never changes.

    An uncatalogued module is a stub: somebody reported it before anybody described it.
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
    introduced_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    made_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class Alias(Model):
    """The slug of a stub that was merged into another module; it still works."""

    __tablename__ = "module_aliases"

    slug: Mapped[str] = mapped_column(ModuleSlug, primary_key=True)
    module_slug: Mapped[str] = mapped_column(
        sa.ForeignKey("modules.slug", ondelete="CASCADE"), index=True
    )


class Tag(Model):
    """A word that a path can be found by."""

    __tablename__ = "path_tags"

    path_slug: Mapped[str] = mapped_column(
        sa.ForeignKey("paths.slug", ondelete="CASCADE"), primary_key=True
    )
    word: Mapped[str] = mapped_column(sa.String(TAG_MAX), primary_key=True, index=True)


class Author(Model):
    """An instructor who may edit a path."""

    __tablename__ = "path_authors"

    path_slug: Mapped[str] = mapped_column(
        sa.ForeignKey("paths.slug", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Membership(Model):
    """A module's place in a path. `requires` are slugs of other modules of that path."""

    __tablename__ = "memberships"
    __table_args__ = (sa.UniqueConstraint("path_slug", "position"),)

    path_slug: Mapped[str] = mapped_column(
        sa.ForeignKey("paths.slug", ondelete="CASCADE"), primary_key=True
    )
    module_slug: Mapped[str] = mapped_column(
        sa.ForeignKey("modules.slug"), primary_key=True, index=True
    )
    position: Mapped[int]
    required: Mapped[bool] = mapped_column(default=True)
    requires: Mapped[list[str]] = mapped_column(sa.JSON, default=list)

    module: Mapped[Module] = relationship()


class Path(Model):
    """An ordered list of modules. Its slug never changes; `version` grows with its modules."""

    __tablename__ = "paths"
    __table_args__ = (
        sa.CheckConstraint(sa.column("status").in_(PATH_STATUSES), name="status"),
        sa.CheckConstraint(sa.column("level").in_(LEVELS), name="level"),
        sa.CheckConstraint(sa.column("order_policy").in_(ORDER_POLICIES), name="order_policy"),
    )

    slug: Mapped[str] = mapped_column(PathSlug, primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(TITLE_MAX))
    description: Mapped[str] = mapped_column(sa.String(DESCRIPTION_MAX), default="")
    level: Mapped[str] = mapped_column(sa.String(20), default=LEVELS[0])
    language: Mapped[str] = mapped_column(sa.String(35), default="en")
    status: Mapped[str] = mapped_column(sa.String(20), default=DRAFT)
    order_policy: Mapped[str] = mapped_column(sa.String(20), default=ORDER_POLICIES[0])
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    tagged: Mapped[list[Tag]] = relationship(order_by=Tag.word, cascade="all, delete-orphan")
    authored: Mapped[list[Author]] = relationship(
        order_by=Author.user_id, cascade="all, delete-orphan"
    )
    memberships: Mapped[list[Membership]] = relationship(
        order_by=Membership.position, cascade="all, delete-orphan"
    )

    module_count: Mapped[int] = column_property(
        sa.select(sa.func.count())
        .where(Membership.path_slug == slug)
        .correlate_except(Membership)
        .scalar_subquery()
    )
    estimated_minutes: Mapped[int] = column_property(
        sa.select(sa.func.coalesce(sa.func.sum(Module.estimated_minutes), 0))
        .where(Membership.path_slug == slug, Membership.module_slug == Module.slug)
        .where(Membership.required)
        .correlate_except(Membership, Module)
        .scalar_subquery()
    )

    @property
    def tags(self) -> list[str]:
        """The words that this path can be found by."""
        return [tag.word for tag in self.tagged]

    @property
    def authors(self) -> list[int]:
        """The ids of the instructors who may edit this path."""
        return [author.user_id for author in self.authored]
