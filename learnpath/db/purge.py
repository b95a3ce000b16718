"""Deleting many rows without a long lock."""

from typing import Any

import sqlalchemy as sa

from . import db


def delete_in_batches(model: Any, where: sa.ColumnElement[bool], size: int = 1000) -> int:
    """Delete the rows of `model` that match `where`, `size` at a time; return how many.

    Commits after each batch, so that no lock is held for long.
    """
    key = sa.inspect(model).primary_key
    total = 0
    while batch := db.session.execute(sa.select(*key).where(where).limit(size)).all():
        keys = [tuple(row) for row in batch]
        db.session.execute(sa.delete(model).where(sa.tuple_(*key).in_(keys)))
        db.session.commit()
        total += len(batch)
    return total
