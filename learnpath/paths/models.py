"""The tables of paths, their tags, their authors and their modules."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from ..clock import now
from ..db import Model
from ..db.types import PathSlug, UtcDateTime
from ..modules.models import DRAFT, PUBLICATION_STATUSES, TITLE_MAX, Module

DESCRIPTION_MAX = 2000
TAG_MAX = 40
LEVELS = ("beginner", "intermediate", "advanced")
ORDER_POLICIES = ("free", "sequential")


class Tag(Model):
    """A word by which a path can be found."""

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


class PathModule(Model):
    """A module in a path. `requires` contains slugs of other modules of the path."""

    __tablename__ = "path_modules"
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
    """An ordered list of modules. Its slug never changes; `version` counts changes of the list."""

    __tablename__ = "paths"
    __table_args__ = (
        sa.CheckConstraint(sa.column("status").in_(PUBLICATION_STATUSES), name="status"),
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
    path_modules: Mapped[list[PathModule]] = relationship(
        order_by=PathModule.position, cascade="all, delete-orphan"
    )

    module_count: Mapped[int] = column_property(
        sa.select(sa.func.count())
        .where(PathModule.path_slug == slug)
        .correlate_except(PathModule)
        .scalar_subquery()
    )
    estimated_minutes: Mapped[int] = column_property(
        sa.select(sa.func.coalesce(sa.func.sum(Module.estimated_minutes), 0))
        .where(PathModule.path_slug == slug, PathModule.module_slug == Module.slug)
        .where(PathModule.required)
        .correlate_except(PathModule, Module)
        .scalar_subquery()
    )

    @property
    def tags(self) -> list[str]:
        """The words by which this path can be found."""
        return [tag.word for tag in self.tagged]

    @property
    def authors(self) -> list[int]:
        """The ids of the instructors who may edit this path."""
        return [author.user_id for author in self.authored]
