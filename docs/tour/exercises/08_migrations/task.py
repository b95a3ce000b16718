"""Add a column to a table that has rows already."""

import sqlalchemy as sa


def upgrade(op):
    """Give every module a `summary`, which is never null.

    Modules that are there already get their title as the summary. This way fails: what would
    the old rows hold? Take three steps: add the column so that it may be null, fill it with
    `op.execute("UPDATE ...")`, then forbid null in
    `with op.batch_alter_table("modules") as batch: batch.alter_column(...)`. SQLite cannot
    change a column; in a batch Alembic copies the table instead.
    """
    op.add_column("modules", sa.Column("summary", sa.String(500), nullable=False))


def downgrade(op):
    """Take the column away again."""
