"""What somebody noted."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..columns import ModuleSlug, UtcDateTime
from ..extensions import Model

TEXT_MAX = 2000


class Note(Model):
    """What one person noted about one module. It goes with either of them."""

    __tablename__ = "notes"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    module_slug: Mapped[str] = mapped_column(
        ModuleSlug, sa.ForeignKey("modules.slug", ondelete="CASCADE"), primary_key=True
    )
    text: Mapped[str] = mapped_column(sa.String(TEXT_MAX))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
