"""The table of rate limit counters."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Model


class RateLimitCounter(Model):
    """The number of hits in the current window."""

    __tablename__ = "rate_limit_counters"

    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[float] = mapped_column(index=True)  # seconds since the epoch
