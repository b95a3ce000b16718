"""The table of notes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Model
from ..db.types import ModuleSlug, UtcDateTime

TEXT_MAX = 2000


class Note(Model):
    """A user's note about a module; deleted with the user and with the module."""

    __tablename__ = "notes"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    module_slug: Mapped[str] = mapped_column(
        ModuleSlug, sa.ForeignKey("modules.slug", ondelete="CASCADE"), primary_key=True
    )
    text: Mapped[str] = mapped_column(sa.String(TEXT_MAX))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
