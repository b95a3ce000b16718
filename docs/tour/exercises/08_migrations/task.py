"""Add a column to a table with rows."""

import sqlalchemy as sa


def upgrade(op):
    """Add the column `summary` to modules; it is never null.

    Existing modules get their title as the summary. The code below fails, since it has no value
    for existing rows. Use three steps: add a nullable column, fill it with
    `op.execute("UPDATE ...")`, then make it not nullable in
    `with op.batch_alter_table("modules") as batch: batch.alter_column(...)`. SQLite cannot
    change a column; in a batch, Alembic copies the table instead.
    """
    op.add_column("modules", sa.Column("summary", sa.String(500), nullable=False))


def downgrade(op):
    """Drop the column."""
